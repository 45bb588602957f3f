// A page of a listing, fetched: its tiles, and where the pages beside it lie. It is the page that a visitor without
// scripts gets, so that a tile is written in one place only, and says the same everywhere.
import { find } from "../page/dom";
import { Refused } from "../page/http";
import { isSignedIn, signedIn } from "../page/session";
import type { GridItem } from "./rows";

const STYLES = /<style[^>]*>(.*?)<\/style>/gs; // that page's own, which this one's policy would refuse, and say so
const TILE = /(?=<(?:a|label) class="tile )/; // no text on the page looks so: it is escaped
const AT_ONCE = 20; // tiles that are read at once
const ID = /\bp([0-9a-f]{24})\b/;
const RULE = /\.(p[0-9a-f]{24})\{([^}]*)\}/g;

export interface ListingPage {
  items: GridItem[];
  newer: string;
  older: string;
  pager: HTMLElement | null;
  /** The first picture of the page after it, where the order is by hand. */
  behind: string;
}

/** Fetch the page at `href`, waiting for a sign-in if the session has ended. Throws Refused, or TypeError without a network. */
export async function fetchListing(href: string, signal?: AbortSignal): Promise<ListingPage> {
  const answer = await fetch(href, { headers: { Accept: "text/html" }, credentials: "same-origin", signal: signal ?? null });
  const text = await answer.text();
  if (!answer.ok) throw new Refused("", answer.status, null, Number(answer.headers.get("Retry-After")) || 0);
  if (isSignedIn() && !text.includes('<meta name="csrf-token"')) {
    await signedIn(undefined, signal);
    return fetchListing(href, signal);
  }
  return read(text);
}

/** Its main part, read in pieces: nobody who scrolls meanwhile waits for the whole. */
async function read(text: string): Promise<ListingPage> {
  const rules = rulesOf(text);
  const main = text.slice(text.indexOf("<main"), text.indexOf("</main>")).replace(STYLES, "");
  const [frame = "", ...tiles] = main.split(TILE);
  const page = parsed(frame + (tiles.pop() ?? "")); // with the last one, behind which the page goes on
  const grid = gridOf(page);
  if (!grid) throw new TypeError("something else answered");
  const items: GridItem[] = [];
  for (let at = 0; at < tiles.length; at += AT_ONCE) {
    await nextTask();
    items.push(...tiles.slice(at, at + AT_ONCE).map((tile) => itemOf(tile, rules)));
  }
  return { items: [...items, ...itemsOf(grid, rules)], ...neighbours(page), behind: grid.dataset["behind"] ?? "" };
}

export function parsed(text: string): Document {
  return new DOMParser().parseFromString(text, "text/html");
}

/** The rows of a listing, whether to be opened or ticked. */
export function gridOf(page: ParentNode): HTMLElement | null {
  return find("main .rows", page);
}

export function neighbours(page: ParentNode): Pick<ListingPage, "newer" | "older" | "pager"> {
  const pager = find(".pager", page);
  const address = (rel: string) => (pager && find(`[rel=${rel}]`, pager)?.getAttribute("href")) ?? "";
  return { pager, newer: address("prev"), older: address("next") };
}

export function idOf(tile: Element): string {
  return ID.exec(tile.className)?.[1] ?? "";
}

/** What the style elements of a page say of each tile. */
export function rulesOf(text: string): Map<string, string> {
  return new Map([...text.matchAll(RULE)].map(([, name, rule]) => [(name as string).slice(1), rule as string]));
}

export function itemsOf(grid: ParentNode, rules: Map<string, string>): GridItem[] {
  return [...grid.querySelectorAll<HTMLElement>(".tile")].map((tile) => itemOf(textOf(tile), rules));
}

/** A tile as it can be kept, with its tick. */
export function textOf(tile: HTMLElement): string {
  for (const box of tile.querySelectorAll("input")) box.toggleAttribute("checked", box.checked);
  return tile.outerHTML;
}

function itemOf(tile: string, rules: Map<string, string>): GridItem {
  const id = ID.exec(tile)?.[1] ?? ""; // its class says it before anything else
  const style = rules.get(id) ?? "";
  const [w, h] = ["w", "h"].map((name) => Number(new RegExp(`--${name}:([\\d.]+)`).exec(style)?.[1]));
  const ratio = w && h ? w / h : 4 / 3;
  return { id, kept: tile, style, ratio: Math.min(3, Math.max(0.6, ratio)) };
}

/** Wait, but for no frame: what goes on then takes none of the time in which one is made. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
