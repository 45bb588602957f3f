// What can be refused before a byte is sent. The server checks again, and by content.
import { fill, fromTemplate } from "../page/dom";
import { size } from "./format";

/** Why `file` cannot be taken, in words for a person; "" when it may be tried. */
export function reasonAgainst(file: File, maxBytes: number): string {
  if (file.size === 0) return sentence("empty");
  if (file.type !== "" && !file.type.startsWith("image/")) return sentence("not-a-picture");
  if (file.size > maxBytes) return sentence("too-large", { limit: size(maxBytes) });
  return "";
}

/** A sentence from `<template id=upload-reason-...>`. */
export function sentence(name: string, texts: Record<string, string> = {}): string {
  const element = fromTemplate(`upload-reason-${name}`);
  fill(element, texts);
  return element.textContent?.trim() ?? "";
}
