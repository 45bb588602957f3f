// The few helpers that every module needs to work with the page.

/** The element for `selector`, or null when the page has none. */
export function find<E extends HTMLElement>(selector: string, within: ParentNode = document): E | null {
  return within.querySelector<E>(selector);
}

/** The element for `selector`; a page without it is a fault of ours. */
export function must<E extends HTMLElement>(selector: string, within: ParentNode = document): E {
  const element = find<E>(selector, within);
  if (!element) throw new Error(`the page has no ${selector}`);
  return element;
}

/** A fresh copy of the only element inside `<template id=...>`. All texts that a person reads live in templates. */
export function fromTemplate<E extends HTMLElement>(id: string): E {
  const template = must<HTMLTemplateElement>(`template#${id}`);
  return (template.content.cloneNode(true) as DocumentFragment).firstElementChild as E;
}

/** Fill the `data-text="name"` places of an element. */
export function fill(element: HTMLElement, texts: Record<string, string | number>): void {
  for (const [name, text] of Object.entries(texts)) {
    for (const place of element.querySelectorAll(`[data-text="${name}"]`)) place.textContent = String(text);
  }
}

/** Wait, so that the browser can paint and answer the person between two pieces of work. */
export function nextFrame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()));
}

/**
 * True where a person writes or chooses by keys: single-key shortcuts must stay out of there. A checkbox takes no
 * key but Space; and one in a dialog that was just closed keeps the focus until the browser has painted again.
 */
export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select");
}
