// Single-key shortcuts and the dialog that lists them. They keep out of text fields and can be switched off
// (WCAG 2.1.4), which this browser remembers.
import { find, isWriting } from "./dom";

const SWITCH = "picturerail-shortcuts";

const actions: Record<string, () => void> = {
  "?": () => find<HTMLDialogElement>("#shortcuts")?.showModal(),
  "/": search,
  ArrowLeft: () => follow("main a[rel=prev]"),
  ArrowRight: () => follow("main a[rel=next]"),
};

export function enhanceShortcuts(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !document.querySelector("dialog[open], .pswp")) {
      event.preventDefault();
      void import("./palette").then(({ openPalette }) => openPalette(), search);
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isWriting(event.target)) return;
    if (document.querySelector("dialog[open], .pswp")) return;
    const single = event.key.length === 1;
    if (single && event.key !== "?" && !shortcutsOn()) return;
    const asked = single && find(`[data-shortcut="${CSS.escape(event.key)}"]`);
    const action = actions[event.key] ?? (asked && (() => asked.click()));
    if (!action) return;
    action();
    if (single) event.preventDefault();
  });
  rememberSwitch();
  if (location.hash === "#q") find("#q")?.focus();
}

export function shortcutsOn(): boolean {
  return localStorage.getItem(SWITCH) !== "off";
}

function rememberSwitch(): void {
  const box = find<HTMLInputElement>("#shortcuts input[type=checkbox]");
  if (!box) return;
  box.checked = shortcutsOn();
  box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
  for (const opener of document.querySelectorAll<HTMLElement>("[data-open-shortcuts]")) {
    opener.classList.remove("needs-script");
    opener.addEventListener("click", () => actions["?"]?.());
  }
}

/** To the search field, on the page that has one. */
function search(): void {
  const field = find("#q");
  if (field) field.focus();
  else location.assign("/gallery/#q");
}

function follow(selector: string): void {
  find<HTMLAnchorElement>(selector)?.click();
}
