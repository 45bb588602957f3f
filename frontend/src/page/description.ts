// Edit a picture's description and tags in place: Ctrl+Enter saves, Esc reverts (and asks, if something was written). What
// somebody else saved meanwhile is shown, and saving again replaces it, as on the plain page.
import type { PictureAnswer, PublicPicture } from "../api";
import { fill, find, fromTemplate, must } from "./dom";
import { complain, flash } from "./flash";
import { guardWords } from "./forms";
import { Refused, send } from "./http";

/** `place` holds the description, its edit link, and a form in `<template>` that takes their place while writing. */
export function enhanceDescription(place: HTMLElement): void {
  const link = must<HTMLAnchorElement>("a[data-edit]", place);
  const text = must("[data-description]", place);
  const form = must<HTMLFormElement>("form", place);
  const field = must<HTMLTextAreaElement>("textarea", form);
  const tags = must<HTMLInputElement>("input[name=tags]", form);
  const links = must("[data-tags]", place);
  const conflict = must("[data-conflict]", form);
  let before = "";

  /** What the gallery has now: who gives up after a conflict, or writes anew, begins with that. */
  const show = (picture: PublicPicture) => {
    place.dataset["revision"] = picture.updated_at;
    text.dataset["description"] = text.textContent = picture.description;
    text.classList.toggle("is-missing", !picture.description);
    showTags(links, picture.tags);
  };
  const written = () => `${field.value}\n${tags.value}`;
  const isUnsaved = () => !form.hidden && written() !== before;
  guardWords(form, isUnsaved);
  const editing = (on: boolean) => {
    form.hidden = !on;
    conflict.hidden = true;
    text.hidden = link.hidden = on;
    links.hidden = on || !links.childElementCount;
    (on ? field : link).focus();
  };
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    field.value = text.dataset["description"] ?? "";
    tags.value = [...links.querySelectorAll("a")].map((each) => each.textContent).join(", ");
    before = written();
    editing(true);
  });
  const revert = () => {
    if (!isUnsaved() || confirm(fromTemplate("discard-question").textContent ?? "")) editing(false);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const saved = await save(place, conflict, field.value, tags.value.split(","), show);
    if (saved) editing(false);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    if (event.key === "Escape") revert();
  });
  find("[data-cancel]", form)?.addEventListener("click", revert);
}

async function save(
  place: HTMLElement,
  conflict: HTMLElement,
  description: string,
  tags: string[],
  show: (picture: PublicPicture) => void,
): Promise<boolean> {
  try {
    const change = { description, tags, updated_at: place.dataset["revision"] };
    const { picture } = await send<PictureAnswer>("PATCH", place.dataset["describe"] ?? "", change);
    show(picture);
    flash("flash-saved");
    return true;
  } catch (error) {
    const theirs = error instanceof Refused && error.status === 409 && (error.body as Partial<PictureAnswer> | null)?.picture;
    if (!theirs) complain(error);
    else {
      show(theirs);
      fill(conflict, { description: theirs.description, tags: theirs.tags.join(", ") });
      conflict.hidden = false; // saving once more replaces it
    }
    return false;
  }
}

/** Links to the pictures that have the same tags, as the server writes them. */
function showTags(list: HTMLElement, tags: string[]): void {
  const items = tags.map((tag) => {
    const link = document.createElement("a");
    link.className = "chip";
    link.rel = "tag";
    link.href = `${list.dataset["search"] ?? ""}${encodeURIComponent(tag.replaceAll(" ", "_"))}`;
    link.textContent = tag;
    const item = document.createElement("li");
    item.append(link);
    return item;
  });
  list.replaceChildren(...items);
}
