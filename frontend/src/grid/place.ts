// Where one is in a listing: its address names the first picture that is seen, so that reload, Back and whoever is sent
// the address come to the same tile; also after a day, when other pictures have come before it.
import { find } from "../page/dom";

const CURSORS = ["after", "before", "at", "page", "year", "month"];
const LINKS = ".density a, a[data-shortcut=s], a[data-done]"; // the same place, shown otherwise

interface Place {
  at?: string;
  top?: number;
  viewer?: string;
}

/** Say in the address, and in the links that lead to the same place, that `id` is seen first, `top` pixels below the edge. */
export function remember(id: string, top: number): void {
  if ((history.state as Place | null)?.viewer || find(".pswp")) return; // the address is the viewer's
  const href = moved(location.href, id);
  history.replaceState({ at: id, top: Math.round(top) } satisfies Place, "", href);
  for (const link of document.querySelectorAll<HTMLAnchorElement>(LINKS)) aim(link, id);
  const back = find<HTMLInputElement>(".selection input[name=back]");
  if (back) back.value = href;
}

/** Let a link lead to the page of its listing that begins with a picture. */
export function aim(link: HTMLAnchorElement | null, id: string): void {
  if (link) link.href = moved(link.href, id);
}

/** Nobody has gone anywhere: the address is that of the first page. */
export function forget(): void {
  if ((history.state as Place | null)?.at) remember("", 0);
}

/** After a reload, or back from elsewhere: the tile stands where it stood. */
export function returnToPlace(tileOf: (id: string) => HTMLElement | null): void {
  history.scrollRestoration = "manual"; // the browser knows a distance from the top, which is another one now
  const { at, top = 0 } = (history.state ?? {}) as Place;
  const tile = at && tileOf(at);
  if (tile) scrollBy({ top: tile.getBoundingClientRect().top - top, behavior: "instant" });
}

function moved(href: string, id: string): string {
  const there = new URL(href);
  for (const name of CURSORS) there.searchParams.delete(name);
  if (id) there.searchParams.set("at", id);
  return `${there.pathname}${there.search}`;
}
