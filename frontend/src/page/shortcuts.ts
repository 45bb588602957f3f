// Single-key shortcuts and the dialog that lists them. They keep out of text fields and can be switched off
// (WCAG 2.1.4), which this browser remembers.
import { find, isWriting } from "./dom";

const SWITCH = "picturerail-shortcuts";

const actions: Record<string, () => void> = {
  "?": listKeys,
  "/": search,
  ArrowLeft: () => find("main a[rel=prev]")?.click(),
  ArrowRight: () => find("main a[rel=next]")?.click(),
};

export function enhanceShortcuts(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open], .pswp")) return;
    const isControl = event.ctrlKey || event.metaKey;
    if (isControl && event.key.toLowerCase() === "k") palette(event);
    if (isControl || event.altKey || isWriting(event.target)) return;
    const single = event.key.length === 1;
    if (single && event.key !== "?" && !shortcutsOn()) return;
    const asked = single && find(`[data-shortcut="${CSS.escape(event.key)}"]`);
    const action = actions[event.key] ?? (asked && (() => asked.click()));
    if (!action) return;
    action();
    if (single) event.preventDefault();
  });
  find("[data-open-palette]")?.addEventListener("click", (event) => {
    if (!event.ctrlKey && !event.metaKey) palette(event); // else another tab, for the page behind it
  });
  rememberSwitch();
}

export function listKeys(): void {
  find<HTMLDialogElement>("#shortcuts")?.showModal();
}

export function shortcutsOn(): boolean {
  return localStorage.getItem(SWITCH) !== "off";
}

function rememberSwitch(): void {
  const box = find<HTMLInputElement>("#shortcuts input[type=checkbox]");
  if (!box) return;
  box.checked = shortcutsOn();
  box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
  const opener = find("[data-open-shortcuts]");
  opener?.classList.remove("needs-script");
  opener?.addEventListener("click", listKeys);
}

function palette(event: Event): void {
  event.preventDefault();
  void import("./palette").then(({ openPalette }) => openPalette(), search);
}

/** To the search field, on the page that has one; where an address names a field, the browser gives it the focus. */
function search(): void {
  const field = find("#q");
  if (field) field.focus();
  else location.assign("/gallery/#q");
}
