// A calm viewer: controls go while nothing moves, and a slide show goes on by itself.
import type PhotoSwipe from "photoswipe";

const IDLE_MS = 3000;
const SECONDS = [2, 3, 5, 8, 12, 20]; // that a picture of a slide show stays
const USUAL = 5;
const SPEED = "picturerail-show-seconds";

/** Hide the controls while mouse and keys rest; whoever has moved into them by Tab keeps them. */
export function hideWhenIdle(viewer: PhotoSwipe): void {
  let timer = 0;
  const wake = () => {
    clearTimeout(timer);
    viewer.element?.classList.remove("is-idle");
    timer = window.setTimeout(rest, IDLE_MS);
  };
  const rest = () => {
    const inControls = document.activeElement?.closest(".pswp__top-bar, .pswp__button, .pswp__stack");
    if (inControls) return wake();
    viewer.element?.classList.add("is-idle");
  };
  const events = ["pointermove", "pointerdown", "keydown", "focusin"] as const;
  viewer.on("afterInit", () => {
    for (const name of events) addEventListener(name, wake);
    wake();
  });
  viewer.on("destroy", () => {
    clearTimeout(timer);
    for (const name of events) removeEventListener(name, wake);
  });
}

/** Start or stop the slide show, which ends with the last picture, with most other keys and with a touch. */
export function slideShow(viewer: PhotoSwipe): Record<"toggle" | "stop" | "slower" | "faster", () => void> {
  let timer = 0;
  const seconds = () => Number(localStorage.getItem(SPEED)) || USUAL;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    viewer.element?.classList.remove("is-showing");
  };
  const next = () => {
    if (viewer.currIndex + 1 >= viewer.getNumItems()) stop();
    else viewer.next();
  };
  const begin = () => {
    clearInterval(timer);
    timer = window.setInterval(next, seconds() * 1000);
    viewer.element?.classList.add("is-showing");
    viewer.element?.setAttribute("data-seconds", String(seconds()));
  };
  const change = (step: number) => {
    const at = SECONDS.indexOf(seconds()) + step;
    localStorage.setItem(SPEED, String(SECONDS[at] ?? seconds()));
    if (timer) begin();
  };
  viewer.on("pointerDown", stop);
  viewer.on("destroy", stop);
  return { toggle: () => (timer ? stop() : begin()), stop, slower: () => change(1), faster: () => change(-1) };
}
