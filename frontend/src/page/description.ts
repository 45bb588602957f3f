// Edit a picture's description and tags in place: Ctrl+Enter saves, Esc reverts, somebody else's change is reported.
import type { PictureAnswer, PublicPicture } from "../api";
import { find, must } from "./dom";
import { flash } from "./flash";
import { Refused, send } from "./http";

/** `place` holds the description, its edit link, and a form in `<template>` that takes their place while writing. */
export function enhanceDescription(place: HTMLElement): void {
  const link = must<HTMLAnchorElement>("a[data-edit]", place);
  const text = must("[data-description]", place);
  const form = must<HTMLFormElement>("form", place);
  const field = must<HTMLTextAreaElement>("textarea", form);
  const tags = must<HTMLInputElement>("input[name=tags]", form);
  const links = must("[data-tags]", place);

  const editing = (on: boolean) => {
    form.hidden = !on;
    text.hidden = link.hidden = on;
    links.hidden = on || !links.childElementCount;
    (on ? field : link).focus();
  };
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    field.value = text.dataset["description"] ?? "";
    tags.value = [...links.querySelectorAll("a")].map((each) => each.textContent).join(", ");
    editing(true);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const picture = await save(place, field.value, tags.value.split(","));
    if (!picture) return;
    place.dataset["revision"] = picture.updated_at;
    text.dataset["description"] = text.textContent = picture.description;
    showTags(links, picture.tags);
    editing(false);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    if (event.key === "Escape") editing(false);
  });
  find("[data-cancel]", form)?.addEventListener("click", () => editing(false));
}

async function save(place: HTMLElement, description: string, tags: string[]): Promise<PublicPicture | null> {
  try {
    const change = { description, tags, updated_at: place.dataset["revision"] };
    const { picture } = await send<PictureAnswer>("PATCH", place.dataset["describe"] ?? "", change);
    flash("flash-saved");
    return picture;
  } catch (error) {
    if (error instanceof Refused) flash("flash-refused", { message: error.message });
    else flash("flash-offline");
    return null;
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
