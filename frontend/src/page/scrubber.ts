// A range over the months in which pictures were taken, newest first: it writes the fields of the form around it, which
// lead there without it as well. What is let go of leads there at once; by keys, Enter does.
import { must } from "./dom";

const YEAR = 12;
// As the pictures lie on their pages, later ones above: a browser's own keys would make more of the value upwards.
const STEPS: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, PageUp: -YEAR, PageDown: YEAR };

export function enhanceScrubber(form: HTMLFormElement): void {
  const range = must<HTMLInputElement>("[type=range]", form);
  const month = must<HTMLSelectElement>("[name=month]", form);
  const year = must<HTMLInputElement>("[name=year]", form);
  const newest = Number(range.dataset["newest"]); // months since the year 0
  let pressed = false;

  const say = () => range.setAttribute("aria-valuetext", `${month.selectedOptions[0]?.text ?? ""} ${year.value}`);
  const write = () => {
    const at = newest - range.valueAsNumber;
    year.value = `${Math.floor(at / YEAR)}`;
    month.value = `${(at % YEAR) + 1}`;
    say();
  };
  const read = () => {
    if (!year.value) return;
    range.valueAsNumber = newest - (Number(year.value) * YEAR + Number(month.value) - 1);
    say();
  };

  range.addEventListener("input", write);
  range.addEventListener("pointerdown", () => (pressed = true));
  range.addEventListener("pointercancel", () => (pressed = false)); // the finger scrolls the page
  range.addEventListener("keydown", (event) => {
    pressed = false;
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    range.valueAsNumber += step;
    write();
  });
  range.addEventListener("change", () => pressed && form.requestSubmit());
  form.addEventListener("input", (event) => event.target !== range && read());
  range.classList.remove("needs-script");
  read();
}
