// Light, dark, or as the system has it: this browser remembers. Loaded before the page is painted, so that nothing flashes.

const THEME = "picturerail-theme";

function apply(theme: string | null): void {
  if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
  else delete document.documentElement.dataset["theme"];
}

try {
  apply(localStorage.getItem(THEME));
} catch {
  // a browser that keeps nothing goes by its system
}
