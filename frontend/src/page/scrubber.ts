// A range over the months of pictures, in their order: it writes the fields of the form around it, which lead there without
// it as well. What is let go of leads there at once; by keys, Enter does. Beside a grid it follows what is seen.
import { find, must } from "./dom";

const YEAR = 12;
// As the pictures lie on their pages, later ones above: a browser's own keys would make more of the value upwards.
const STEPS: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, PageUp: -YEAR, PageDown: YEAR };

export function enhanceScrubber(form: HTMLFormElement): void {
  const range = must<HTMLInputElement>("[type=range]", form);
  const month = must<HTMLSelectElement>("[name=month]", form);
  const year = must<HTMLInputElement>("[name=year]", form);
  const sign = must("span", form);
  const begin = Number(range.dataset["begin"]); // months since the year 0
  const step = Number(range.dataset["step"]); // 1 where the oldest come first, else -1
  let pressed = false;

  const say = () => {
    const text = `${month.selectedOptions[0]?.text ?? ""} ${year.value}`;
    range.setAttribute("aria-valuetext", text);
    sign.textContent = text;
    const box = range.getBoundingClientRect();
    sign.style.top = `${box.top + (box.height * range.valueAsNumber) / Number(range.max)}px`;
  };
  const write = () => {
    const at = begin + step * range.valueAsNumber;
    year.value = `${Math.floor(at / YEAR)}`;
    month.value = `${(at % YEAR) + 1}`;
    say();
  };
  const read = () => {
    if (!year.value) return;
    range.valueAsNumber = step * (Number(year.value) * YEAR + Number(month.value) - 1 - begin);
    say();
  };

  range.addEventListener("input", write);
  range.addEventListener("pointerdown", () => (pressed = true));
  range.addEventListener("pointercancel", () => (pressed = false)); // the finger scrolls the page
  range.addEventListener("keydown", (event) => {
    pressed = false;
    const by = STEPS[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    range.valueAsNumber += by;
    write();
  });
  range.addEventListener("change", () => pressed && form.requestSubmit());
  form.addEventListener("input", (event) => event.target !== range && read());
  if (find("[data-month]")) {
    addEventListener("scrollend", () => {
      if (form.contains(document.activeElement)) return; // somebody is about to choose
      const tiles = document.querySelectorAll<HTMLElement>("[data-month]");
      const seen = [...tiles].find((tile) => tile.getBoundingClientRect().bottom > innerHeight / 3);
      if (!seen) return;
      range.valueAsNumber = step * (Number(seen.dataset["month"]) - begin);
      write();
    });
  }
  range.classList.remove("needs-script");
  read();
}
