// Messages at the foot of the window: what has happened, with Undo where that is possible. Screen readers hear them.
import { fill, find, fromTemplate, must } from "./dom";
import { Refused } from "./http";

interface Undo {
  undo: () => Promise<void> | void;
}

/** Show a message from `<template id=...>`; its Undo button calls `undo`. A new message takes the place of the old. */
export function flash(templateId: string, texts: Record<string, string | number> = {}, action?: Undo): void {
  const message = fromTemplate(templateId);
  fill(message, texts);
  const button = find<HTMLButtonElement>("[data-undo]", message);
  button?.addEventListener("click", () => {
    message.remove();
    void action?.undo();
  });
  const place = must("[data-flashes]");
  for (const old of place.querySelectorAll("[data-flash]:not([data-stays])")) old.remove();
  place.append(message);
  letDismiss(message);
}

/** Give a message its close button; without JavaScript messages leave with the next page. */
function letDismiss(message: HTMLElement): void {
  const close = find<HTMLButtonElement>("[data-dismiss]", message);
  if (!close) return;
  close.classList.remove("needs-script");
  close.addEventListener("click", () => message.remove());
}

/** Bring the messages that came with the page to life. */
export function enhanceFlashes(): void {
  document.querySelectorAll<HTMLElement>("[data-flash]").forEach(letDismiss);
}

/** Say why something was not done: in the sentence of the one who refused it, or that nobody can be reached. */
export function complain(error: unknown): void {
  if (error instanceof Refused) flash("flash-refused", { message: error.message });
  else flash("flash-offline");
}
