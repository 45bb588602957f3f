// The switch between light, dark and what the system has.
import { find } from "./dom";

const THEME = "picturerail-theme"; // as theme.ts reads it before the page is painted

export function enhanceTheme(): void {
  const choice = find<HTMLSelectElement>("[data-theme-choice]");
  if (!choice) return;
  choice.value = document.documentElement.dataset["theme"] ?? "system";
  choice.closest(".needs-script")?.classList.remove("needs-script");
  choice.addEventListener("change", () => {
    if (choice.value === "system") {
      localStorage.removeItem(THEME);
      delete document.documentElement.dataset["theme"];
    } else {
      localStorage.setItem(THEME, choice.value);
      document.documentElement.dataset["theme"] = choice.value;
    }
  });
}
