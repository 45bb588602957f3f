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

/** What is said of an address that is none, or leads nowhere; not of one whose host could not be reached. */
const USELESS_ADDRESS = /^(?!it could not be fetched).*\b(address|URL)\b/;

/** True when no second try can help: no picture is in the file, or no picture of ours is at the address. */
export function isForGood(error: unknown, address: string): boolean {
  if (!(error instanceof Refused)) return false;
  const { status, message } = error;
  if (address && (status === 413 || status === 415)) return true;
  return status === 400 && (message.startsWith("Invalid image file") || (!!address && USELESS_ADDRESS.test(message)));
}

/** A sentence from `<template id=upload-reason-...>`. */
export function sentence(name: string, texts: Record<string, string> = {}): string {
  const element = fromTemplate(`upload-reason-${name}`);
  fill(element, texts);
  return element.textContent?.trim() ?? "";
}
