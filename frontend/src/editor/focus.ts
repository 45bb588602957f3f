// The focal point on the page that edits a picture: a ring on it, put by a click, dragged, or moved by keys. The form's
// two numbers are what counts; the ring and the small crops follow them.
import { find, fromTemplate, must } from "../page/dom";

const STEP = 1; // percent of the picture, of a key
const LARGE_STEP = 10;
const WAYS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function enhanceFocus(fields: HTMLElement): void {
  const stage = must("[data-focus-stage]");
  const [across, down] = ["focus_x", "focus_y"].map((name) => must<HTMLInputElement>(`[name=${name}]`, fields)) as [HTMLInputElement, HTMLInputElement];
  const automatic = must<HTMLButtonElement>("[data-automatic]", fields);
  const ring = fromTemplate<HTMLButtonElement>("focus-place");
  const places = [stage, must(".focus-crops", fields)];
  for (const each of fields.querySelectorAll(".needs-script")) each.classList.remove("needs-script");
  find(".focus-point", stage)?.remove();
  stage.append(ring);

  const read = (field: HTMLInputElement) => (field.value === "" ? 50 : within(Number(field.value)));
  const draw = () => {
    const none = across.value === "" && down.value === "";
    stage.classList.toggle("is-automatic", none);
    automatic.disabled = none;
    for (const place of places) {
      place.style.setProperty("--fx", `${read(across)}%`);
      place.style.setProperty("--fy", `${read(down)}%`);
    }
  };
  const write = (x: string, y: string) => {
    [across.value, down.value] = [x, y];
    across.dispatchEvent(new Event("input", { bubbles: true })); // the form knows now that something is written
  };
  const put = (x: number, y: number) => write(rounded(x), rounded(y));
  const putAt = (event: MouseEvent) => {
    const box = stage.getBoundingClientRect();
    put(((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 100);
  };
  const clear = () => write("", "");

  fields.addEventListener("input", draw);
  automatic.addEventListener("click", clear);
  stage.addEventListener("click", (event) => {
    if (event.target !== ring) putAt(event);
  });
  ring.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // else the browser drags or selects
    ring.focus();
    ring.setPointerCapture(event.pointerId);
    ring.addEventListener("pointermove", putAt);
    const done = () => ring.removeEventListener("pointermove", putAt);
    ring.addEventListener("pointerup", done, { once: true });
    ring.addEventListener("pointercancel", done, { once: true });
  });
  ring.addEventListener("keydown", (event) => {
    const way = WAYS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || !(way || event.key === "Delete")) return;
    event.preventDefault();
    event.stopPropagation(); // Delete is for the point here, not for the picture
    const step = event.shiftKey ? LARGE_STEP : STEP;
    if (way) put(read(across) + way[0] * step, read(down) + way[1] * step);
    else clear();
  });
  draw();
}

function within(percent: number): number {
  return Math.min(Math.max(percent, 0), 100);
}

function rounded(percent: number): string {
  return String(Math.round(within(percent) * 100) / 100);
}
