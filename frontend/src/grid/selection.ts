// Ticking many pictures: Shift for all between two, Ctrl+A for all, Esc for none; the count is announced.
import { fill, find, isWriting, must } from "../page/dom";
import { shortcutsOn } from "../page/shortcuts";

export function enhanceSelection(form: HTMLFormElement): void {
  const boxes = [...form.querySelectorAll<HTMLInputElement>("input[name=id]")];
  const bar = must(".selection-bar", form);
  let last = -1;

  const changed = () => {
    const count = boxes.filter((box) => box.checked).length;
    fill(bar, { count });
    for (const button of bar.querySelectorAll<HTMLButtonElement>("button[name=action]")) button.disabled = !count;
  };
  const tick = (some: HTMLInputElement[], checked: boolean) => {
    for (const box of some) box.checked = checked;
    changed();
  };

  form.addEventListener("click", (event) => {
    const box = event.target as HTMLInputElement;
    const place = boxes.indexOf(box);
    if (place < 0) return;
    if (event.shiftKey && last >= 0) tick(boxes.slice(Math.min(last, place), Math.max(last, place) + 1), box.checked);
    last = place;
  });
  form.addEventListener("change", changed);
  form.addEventListener("mousedown", (event) => {
    if (event.shiftKey) event.preventDefault(); // or the browser would select the text between the two
  });
  find(".needs-script", bar)?.classList.remove("needs-script");
  find("[data-all]", bar)?.addEventListener("click", () => tick(boxes, true));
  document.addEventListener("keydown", (event) => {
    if (isWriting(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") tick(boxes, false);
    const box = boxes.find((each) => each === document.activeElement);
    if (event.key === "x" && box && shortcutsOn() && !event.ctrlKey && !event.metaKey && !event.altKey) box.click();
    if (event.key !== "a" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    tick(boxes, true);
  });
  const chosen = boxes.find((box) => `#p${box.value}` === location.hash); // by its key in the grid
  if (chosen) {
    chosen.checked = true;
    chosen.focus();
  }
  changed(); // the browser may have kept ticks from before
}
