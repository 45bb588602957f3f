// A calm viewer: controls go while nothing moves, and a slide show goes on by itself.
import type PhotoSwipe from "photoswipe";

const IDLE_MS = 3000;
const SHOW_MS = 5000;

/** Hide the controls while mouse and keys rest; whoever has moved into them by Tab keeps them. */
export function hideWhenIdle(viewer: PhotoSwipe): void {
  let timer = 0;
  const wake = () => {
    clearTimeout(timer);
    viewer.element?.classList.remove("is-idle");
    timer = window.setTimeout(rest, IDLE_MS);
  };
  const rest = () => {
    const inControls = document.activeElement?.closest(".pswp__top-bar, .pswp__button");
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

/** Start or stop the slide show, which ends with the last picture, with any other key and with a touch. */
export function slideShow(viewer: PhotoSwipe): { toggle: () => void; stop: () => void } {
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    viewer.element?.classList.remove("is-showing");
  };
  const next = () => {
    if (viewer.currIndex + 1 >= viewer.getNumItems()) stop();
    else viewer.next();
  };
  const toggle = () => {
    if (timer) return stop();
    timer = window.setInterval(next, SHOW_MS);
    viewer.element?.classList.add("is-showing");
  };
  viewer.on("pointerDown", stop);
  viewer.on("destroy", stop);
  return { toggle, stop };
}
