// What can be refused before a byte is sent. The server checks again, and by content.
import { fill, fromTemplate } from "../page/dom";
import { Refused } from "../page/http";
import { size } from "./format";

/** Why `file` cannot be taken, in words for a person; "" when it may be tried. */
export function reasonAgainst(file: File, maxBytes: number): string {
  if (file.size === 0) return sentence("empty");
  if (file.type !== "" && !file.type.startsWith("image/")) return sentence("not-a-picture");
  if (file.size > maxBytes) return sentence("too-large", { limit: size(maxBytes) });
  return "";
}

/** True when the media service has looked into a file and found no picture: no second try makes it one. */
export function isNoPicture(error: unknown): boolean {
  return error instanceof Refused && error.status === 400 && error.message.startsWith("Invalid image file");
}

/** A sentence from `<template id=upload-reason-...>`. */
export function sentence(name: string, texts: Record<string, string> = {}): string {
  const element = fromTemplate(`upload-reason-${name}`);
  fill(element, texts);
  return element.textContent?.trim() ?? "";
}
