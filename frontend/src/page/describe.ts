// Edit a picture's description in place: Ctrl+Enter saves, Esc reverts, somebody else's change is reported.
import { find, must } from "./dom";
import { flash } from "./flash";
import { Refused, send } from "./http";

interface Described {
  picture: { description: string; updated_at: string };
}

/** `place` holds the description, its edit link, and a form in `<template>` that takes their place while writing. */
export function enhanceDescription(place: HTMLElement): void {
  const link = must<HTMLAnchorElement>("a[data-edit]", place);
  const text = must("[data-description]", place);
  const form = must<HTMLFormElement>("form", place);
  const field = must<HTMLTextAreaElement>("textarea", form);

  const editing = (on: boolean) => {
    form.hidden = !on;
    text.hidden = link.hidden = on;
    (on ? field : link).focus();
  };
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    field.value = text.dataset["description"] ?? "";
    editing(true);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await save(place, text, field.value)) editing(false);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    if (event.key === "Escape") editing(false);
  });
  find("[data-cancel]", form)?.addEventListener("click", () => editing(false));
}

async function save(place: HTMLElement, text: HTMLElement, description: string): Promise<boolean> {
  try {
    const change = { description, updated_at: place.dataset["revision"] };
    const { picture } = await send<Described>("PATCH", place.dataset["describe"] ?? "", change);
    place.dataset["revision"] = picture.updated_at;
    text.dataset["description"] = text.textContent = picture.description;
    flash("flash-saved");
    return true;
  } catch (error) {
    if (error instanceof Refused) flash("flash-refused", { message: error.message });
    else flash("flash-offline");
    return false;
  }
}
