// Ticking many pictures: Shift for all between two, Ctrl+A for all, Esc for none; the count is announced. What is ticked
// stays so while its tile is out of the page, and is sent with the others.
import { fill, find, isWriting, must } from "../page/dom";
import { shortcutsOn } from "../page/shortcuts";
import { sequenceOf } from "./sequence";

export function enhanceSelection(form: HTMLFormElement): void {
  const grid = must(".rows", form);
  const bar = must(".selection-bar", form);
  const boxes = () => [...grid.querySelectorAll<HTMLInputElement>("input[name=id]")];
  const ids = () => sequenceOf(grid)?.ids() ?? boxes().map((box) => box.value);
  const ticked = new Set(form.dataset["ticked"]?.split(" ").filter(Boolean));
  let last = "";

  const changed = () => {
    fill(bar, { count: ticked.size });
    for (const button of bar.querySelectorAll<HTMLButtonElement>("button[name=action]")) button.disabled = !ticked.size;
  };
  const tick = (some: string[], checked: boolean) => {
    for (const id of some) ticked[checked ? "add" : "delete"](id);
    for (const box of boxes()) box.checked = ticked.has(box.value);
    changed();
  };

  form.addEventListener("click", (event) => {
    const box = event.target as HTMLInputElement;
    if (!box.matches("input[name=id]")) return;
    const all = event.shiftKey && last ? ids() : [];
    const [from, to] = [all.indexOf(last), all.indexOf(box.value)].sort((a, b) => a - b) as [number, number];
    if (from >= 0) tick(all.slice(from, to + 1), box.checked);
    last = box.value;
  });
  form.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (box.matches("input[name=id]")) tick([box.value], box.checked);
  });
  form.addEventListener("formdata", ({ formData }) => {
    for (const id of ticked) if (!formData.getAll("id").includes(id)) formData.append("id", id);
  });
  // A tile that comes back was written before it was ticked, or after.
  new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
      const box = node instanceof HTMLElement && find<HTMLInputElement>("input[name=id]", node);
      if (box) box.checked = ticked.has(box.value);
    }
  }).observe(grid, { childList: true });
  form.addEventListener("mousedown", (event) => {
    if (event.shiftKey) event.preventDefault(); // or the browser would select the text between the two
  });
  find(".needs-script", bar)?.classList.remove("needs-script");
  find("[data-all]", bar)?.addEventListener("click", () => tick(ids(), true));
  document.addEventListener("keydown", (event) => {
    if (isWriting(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") tick([...ticked], false);
    const box = boxes().find((each) => each === document.activeElement);
    if (event.key === "x" && box && shortcutsOn() && !event.ctrlKey && !event.metaKey && !event.altKey) box.click();
    if (event.key !== "a" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    tick(ids(), true);
  });
  const kept = boxes().filter((box) => box.checked); // by the browser, from before
  const chosen = boxes().find((box) => `#p${box.value}` === location.hash); // by its key in the grid
  tick([...kept, ...(chosen ? [chosen] : [])].map((box) => box.value), true);
  chosen?.focus();
}
