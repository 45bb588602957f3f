// The row of one file. Its texts are all in `<template id=upload-item>`: `data-when="sending paused"` marks what is
// shown in which state, so this module only sets the state.
import { fill, fromTemplate, must } from "../page/dom";
import type { Item } from "./item";
import { drawWhenSeen } from "./thumbnails";
import { percent, size } from "./format";

export type RowAction = "cancel" | "remove" | "retry" | "keep" | "skip" | "undo" | "describe" | "hang";

export class Row {
  readonly element = fromTemplate<HTMLElement>("upload-item");
  private readonly bar = must<HTMLProgressElement>("progress", this.element);

  /** `act` is called with what the person wants done with the item. */
  constructor(
    private readonly item: Item,
    act: (item: Item, what: RowAction) => void,
  ) {
    fill(this.element, { name: item.name, size: item.address ? "" : size(item.size) });
    this.bar.setAttribute("aria-label", item.name);
    drawWhenSeen(must<HTMLCanvasElement>("canvas", this.element), item.file);
    this.element.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-action]");
      if (button) act(item, button.dataset["action"] as RowAction);
    });
    this.enhanceDescription(act);
    this.enhanceOwn(act);
    this.show();
  }

  /** Bring the row up to date with its item. */
  show(): void {
    const { item, element } = this;
    element.dataset["state"] = item.state;
    const share = item.size ? item.sent / item.size : 0;
    if (item.state === "fetching") this.bar.removeAttribute("value"); // nobody knows how far it is
    else this.bar.value = share;
    fill(element, { percent: percent(share), reason: item.reason });
    this.link("page", item.picture?.page);
    this.link("original", item.duplicate?.duplicate_of?.page);
  }

  private link(name: string, href: string | undefined): void {
    for (const link of this.element.querySelectorAll<HTMLAnchorElement>(`a[data-link="${name}"]`)) {
      if (href) link.href = href;
    }
  }

  /** Tags and album that it does not share with the others. */
  private enhanceOwn(act: (item: Item, what: RowAction) => void): void {
    const tags = must<HTMLInputElement>("input[data-own]", this.element);
    tags.value = this.item.ownTags;
    tags.addEventListener("input", () => (this.item.ownTags = tags.value));
    tags.addEventListener("change", () => act(this.item, "describe"));
    const album = must<HTMLSelectElement>("select[data-own]", this.element);
    const offered = document.querySelectorAll<HTMLOptionElement>("form#upload select[name=album] option:not([value=''])");
    album.append(...[...offered].map((option) => new Option(option.text, option.value)));
    album.hidden = offered.length === 0;
    album.value = this.item.ownAlbum;
    album.addEventListener("change", () => {
      this.item.ownAlbum = album.value;
      act(this.item, "hang");
    });
  }

  private enhanceDescription(act: (item: Item, what: RowAction) => void): void {
    const field = must<HTMLTextAreaElement>("textarea", this.element);
    field.value = this.item.description;
    field.setAttribute("aria-label", `${field.getAttribute("aria-label")}: ${this.item.name}`);
    field.addEventListener("input", () => {
      this.item.description = field.value;
    });
    field.addEventListener("change", () => act(this.item, "describe"));
  }
}
