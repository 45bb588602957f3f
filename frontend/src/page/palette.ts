// The palette (Ctrl+K): a few letters lead to a page of the site, to an album, or to a search.
import type { AlbumPage } from "../api";
import { find, must } from "./dom";
import { send } from "./http";

const MAX_SHOWN = 12;
const PAUSE_MS = 200; // in typing, then albums beyond the newest are asked for
let isReady = false;

/** Open the palette, with the links of the title bar at once, and the albums when they have come. */
export function openPalette(): void {
  const dialog = must<HTMLDialogElement>("#palette");
  const field = must<HTMLInputElement>("input", dialog);
  const list = must("ul", dialog);
  if (!isReady) {
    isReady = true;
    const links = [...document.querySelectorAll<HTMLAnchorElement>(".site-nav a")].map((link) => copied(link.textContent ?? "", link.href));
    const filter = () => {
      const typed = field.value.trim().toLocaleLowerCase();
      const fitting = links.filter((item) => (item.textContent ?? "").toLocaleLowerCase().includes(typed) || (typed && item.dataset["found"] === typed));
      const focused = document.activeElement as HTMLElement | null;
      list.replaceChildren(...fitting.slice(0, MAX_SHOWN));
      if (list.contains(focused)) focused?.focus(); // albums may come while somebody is on a link
    };
    field.addEventListener("input", filter);
    dialog.addEventListener("keydown", (event) => step(event, field, list));
    field.addEventListener("keydown", ({ key }) => key === "Escape" && dialog.close()); // or it would only lose its words
    filter();
    let areMore = false;
    const load = (text: string) =>
      send<AlbumPage>("GET", `/api/v1/albums?limit=100&q=${encodeURIComponent(text)}`)
        .then(({ albums, next }) => {
          areMore ||= !text && !!next;
          const known = new Map(links.map((item) => [must("a", item).getAttribute("href"), item]));
          for (const { title, href } of albums) {
            const item = known.get(href) ?? copied(title, href);
            item.dataset["found"] = text.toLocaleLowerCase();
            if (!known.has(href)) links.push(item);
          }
          filter();
        })
        .catch(() => undefined);
    let pause = 0;
    field.addEventListener("input", () => {
      clearTimeout(pause);
      if (areMore && field.value.trim()) pause = window.setTimeout(() => void load(field.value.trim()), PAUSE_MS);
    });
    void load("");
  }
  dialog.showModal();
  field.select();
}

function copied(text: string, href: string): HTMLLIElement {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = href;
  link.textContent = text;
  link.dir = "auto";
  item.append(link);
  return item;
}

/** Arrows move between the field and what it found. */
function step(event: KeyboardEvent, field: HTMLElement, list: HTMLElement): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  const stops = [field, ...list.querySelectorAll("a")];
  const at = stops.indexOf(document.activeElement as HTMLElement) + (event.key === "ArrowDown" ? 1 : -1);
  (stops[at] ?? find("input", list.parentElement ?? document))?.focus();
}
