// The row of one file. Its texts are all in `<template id=upload-item>`: `data-when="sending paused"` marks what is
// shown in which state, so this module only sets the state.
import { fill, fromTemplate, must } from "../page/dom";
import type { Item } from "./item";
import { drawWhenSeen } from "./thumbnails";
import { percent, size } from "./words";

export type Wish = "cancel" | "retry" | "keep" | "skip" | "undo" | "describe";

export class Row {
  readonly element = fromTemplate<HTMLElement>("upload-item");
  private readonly bar = must<HTMLProgressElement>("progress", this.element);

  /** `wish` is called with what the person wants done with the item. */
  constructor(
    private readonly item: Item,
    wish: (item: Item, what: Wish) => void,
  ) {
    fill(this.element, { name: item.file.name, size: size(item.file.size) });
    this.bar.setAttribute("aria-label", item.file.name);
    drawWhenSeen(must<HTMLCanvasElement>("canvas", this.element), item.file);
    this.element.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-wish]");
      if (button) wish(item, button.dataset["wish"] as Wish);
    });
    this.enhanceDescription(wish);
    this.show();
  }

  /** Bring the row up to date with its item. */
  show(): void {
    const { item, element } = this;
    element.dataset["state"] = item.state;
    const share = item.file.size ? item.sent / item.file.size : 0;
    this.bar.value = share;
    fill(element, { percent: percent(share), reason: item.reason });
    this.link("page", item.picture?.page);
    this.link("original", item.duplicate?.duplicate_of?.page);
  }

  private link(name: string, href: string | undefined): void {
    for (const link of this.element.querySelectorAll<HTMLAnchorElement>(`a[data-link="${name}"]`)) {
      if (href) link.href = href;
    }
  }

  private enhanceDescription(wish: (item: Item, what: Wish) => void): void {
    const field = must<HTMLTextAreaElement>("textarea", this.element);
    field.value = this.item.description;
    field.setAttribute("aria-label", `${field.getAttribute("aria-label")}: ${this.item.file.name}`);
    field.addEventListener("input", () => {
      this.item.description = field.value;
    });
    field.addEventListener("change", () => wish(this.item, "describe"));
  }
}
