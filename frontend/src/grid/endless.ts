// A listing that goes on: the pages before and behind this one are fetched when their end comes near, and hung in the
// same rows. The pages stay what they are, and the footer stays within reach: after some pages a button asks.
import { savesData } from "../page/connection";
import { fill, find, fromTemplate, must } from "../page/dom";
import { fetchListing, gridOf, idOf, itemsOf, neighbours, nextTask, rulesOf, type ListingPage } from "./listing-page";
import { aim, forget, remember, returnToPlace } from "./place";
import type { GridItem } from "./rows";
import { setSequence } from "./sequence";
import { GridWindow, hide } from "./window";

const NEAR = 2.5; // windows before the end of what has come
const MAX_AUTOMATIC = 8; // pages, then a button: what stands below the pictures can be reached
const SOURCE = /<img\b[^>]*\ssrc="([^"]*)"/; // in a tile's text, where quotes stand escaped in all that was written
const REST_MS = 120; // until the address follows

type Side = "newer" | "older";

/** Where a listing can go on: the address of the page there, and what a person reads of it. */
class Edge {
  busy: Promise<boolean> | null = null;
  failed = false;
  readonly bar: HTMLElement;

  constructor(
    readonly side: Side,
    public href: string,
    grid: HTMLElement,
    again: () => void,
  ) {
    this.bar = fromTemplate("endless");
    if (side === "newer") grid.before(this.bar);
    else grid.after(this.bar);
    this.bar.addEventListener("click", (event) => {
      if (!(event.target as Element).closest("button")) return;
      event.preventDefault(); // in a form of boxes it would send them
      again();
    });
  }

  /** Show what is the case; `asks` where a button is wanted although all is well. */
  show(asks: boolean): void {
    hide(must("[data-busy]", this.bar), !this.busy);
    hide(must("[data-failed]", this.bar), !this.failed || !!this.busy);
    hide(must("button", this.bar), !!this.busy || !this.href || !(asks || this.failed));
  }
}

class Endless {
  private readonly window: GridWindow;
  private readonly edges: Record<Side, Edge>;
  private readonly known: Set<string>;
  private readonly origins: Set<string>;
  private automatic = MAX_AUTOMATIC;
  private pending = false;
  private rest = 0;
  private behindAll: string;

  constructor(
    private readonly grid: HTMLElement,
    private readonly pager: HTMLElement,
  ) {
    const items = itemsOf(grid, rulesOf([...document.querySelectorAll("style")].map((style) => `<style>${style.textContent}</style>`).join("")));
    this.known = new Set(items.map((item) => item.id));
    this.origins = originsOf(items).add(location.origin);
    this.window = new GridWindow(grid, items);
    this.behindAll = grid.dataset["behind"] ?? "";
    const { newer, older } = neighbours(document);
    this.edges = { newer: this.edge("newer", newer), older: this.edge("older", older) };
    if (savesData()) this.automatic = 0;
    setSequence(grid, {
      ids: () => this.window.items().map((item) => item.id),
      around: (tile, reach) => this.around(tile, reach),
      behind: (tile) => this.behind(tile),
      show: (id) => {
        this.moved();
        return this.window.show(id);
      },
    });
    document.body.style.overflowAnchor = "none"; // what is seen is kept in place here, in every browser
    this.tell();
    returnToPlace((id) => this.window.show(id));
    addEventListener("scroll", () => this.moved(), { passive: true });
    addEventListener("online", () => this.again());
    addEventListener("popstate", (event) => this.cameBack(event), true); // before the viewer looks for its tile
    grid.addEventListener("keydown", (event) => this.pressed(event), true); // before the keys of the grid move
    new ResizeObserver(() => this.schedule()).observe(grid);
    if (scrollY) this.moved(); // by somebody who was quicker than this module
    else this.schedule();
  }

  /** Forward, to a picture that the viewer had shown: its tile may have left the page. */
  private cameBack({ state }: PopStateEvent): void {
    const id = (state as { viewer?: string } | null)?.viewer;
    if (id) this.window.show(id);
    this.moved();
  }

  /** Home and End lead to the first and the last picture that has come; `x` to the page with boxes of this tile. */
  private pressed(event: KeyboardEvent): void {
    const tile = (event.target as Element).closest<HTMLElement>("a.tile");
    if (!tile || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "x") aim(find<HTMLAnchorElement>("a[data-shortcut=s]"), idOf(tile));
    if (event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    event.stopPropagation();
    this.window.show(this.window.items().at(event.key === "Home" ? 0 : -1)?.id ?? "")?.focus();
    this.moved();
  }

  private edge(side: Side, href: string): Edge {
    return new Edge(side, href, this.grid, () => this.asked(side));
  }

  private moved(): void {
    clearTimeout(this.rest);
    this.rest = window.setTimeout(() => this.follow(), REST_MS);
    this.schedule();
  }

  /** The address says what is seen first. */
  private follow(): void {
    const seen = this.window.firstSeen();
    if (!seen || !scrollY) return this.edges.newer.href ? undefined : forget();
    remember(idOf(seen.tile), seen.top);
  }

  private schedule(): void {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.window.resize();
      const goesOn = this.window.update();
      if (!goesOn) this.look(); // tiles that came and went were work enough for this frame
      if (goesOn && this.rest) this.moved();
      else if (goesOn) this.schedule();
    });
  }

  /** Fetch what is near, and say what can be asked for. */
  private look(): void {
    const { newer, older } = this.edges;
    const box = this.grid.getBoundingClientRect();
    const calls = this.automatic > 0 && !isBehind(this.grid, document.activeElement);
    if (older.href && calls && !older.failed && this.window.isAtEnd && box.bottom < (1 + NEAR) * innerHeight) void this.load(older);
    // While the heading is seen nobody goes up: pictures in its place would be a jump.
    const goesUp = box.top < 0 && box.top > -NEAR * innerHeight;
    if (newer.href && calls && !newer.failed && this.window.isAtStart && goesUp) void this.load(newer);
    this.tell();
    const behind = this.window.nextBelow?.id ?? this.behindAll;
    if (this.grid.dataset["behind"] !== behind) this.grid.dataset["behind"] = behind;
  }

  private asked(side: Side): void {
    if (!savesData()) this.automatic = MAX_AUTOMATIC;
    this.edges[side].failed = false;
    void this.load(this.edges[side]);
  }

  private again(): void {
    for (const edge of Object.values(this.edges)) edge.failed = false;
    this.schedule();
  }

  /** Fetch the page at an edge and hang it there; true when there are pictures more. */
  private load(edge: Edge): Promise<boolean> {
    edge.busy ??= this.fetch(edge).finally(() => {
      edge.busy = null;
      this.grid.removeAttribute("aria-busy");
      this.schedule();
    });
    this.tell();
    return edge.busy;
  }

  /** Say at both ends what is the case. What is seen stays where it is, except on top of the page, where the heading does. */
  private tell(): void {
    const say = () => {
      this.edges.newer.show(true);
      this.edges.older.show(this.automatic <= 0);
    };
    if (scrollY) this.window.steady(say);
    else say();
  }

  private async fetch(edge: Edge): Promise<boolean> {
    if (!edge.href) return false;
    this.grid.setAttribute("aria-busy", "true");
    try {
      const page = await fetchListing(edge.href);
      await nextTask(); // reading the page was work enough for one
      return this.hang(edge, page);
    } catch {
      edge.failed = true;
      return false;
    }
  }

  private hang(edge: Edge, page: ListingPage): boolean {
    const items = page.items.filter((item) => !this.known.has(item.id));
    if ([...originsOf(items)].some((origin) => !this.origins.has(origin))) {
      edge.href = ""; // this page may not load pictures from there: the link leads to one that may
      return false;
    }
    for (const item of items) this.known.add(item.id);
    this.automatic -= 1;
    if (edge.side === "older") this.window.append(items);
    else this.window.prepend(items);
    if (edge.side === "older") this.behindAll = page.behind;
    edge.href = page[edge.side];
    turnPager(this.pager, page.pager, edge.side);
    fill(edge.bar, { count: this.known.size });
    must("[data-told]", edge.bar).hidden = false;
    return items.length > 0;
  }

  private around(tile: HTMLElement, reach: number): HTMLElement[] {
    const items = this.window.items();
    const at = items.findIndex((item) => item.id === idOf(tile));
    return this.window.tilesFor(items.slice(Math.max(0, at - reach), at + reach + 1));
  }

  private async behind(tile: HTMLElement): Promise<HTMLElement[]> {
    const ahead = () => {
      const items = this.window.items();
      const at = items.findIndex((item) => item.id === idOf(tile));
      return items.slice(at + 1, at + 61);
    };
    if (!ahead().length) await this.load(this.edges.older);
    return this.window.tilesFor(ahead());
  }
}

/** Let the listing of this page go on. */
export function enhanceEndless(pager: HTMLElement): void {
  const grid = gridOf(document);
  if (!grid || find(".reject-all")) return; // its button says how many it takes: those of one page
  new Endless(grid, pager);
}

/** The pager leads from what has come to what has not. */
function turnPager(own: HTMLElement, fetched: HTMLElement | null, side: Side): void {
  const place = side === "older" ? "lastElementChild" : "firstElementChild";
  const link = fetched?.[place];
  own[place]?.replaceWith(link ? document.importNode(link, true) : document.createElement("span"));
  find(".pager-place", own)?.replaceChildren();
}

/** Whether the focus stands behind the grid: then nothing pushes away what the person goes to. */
function isBehind(grid: HTMLElement, focused: Element | null): boolean {
  return !!focused && !!(grid.compareDocumentPosition(focused) & Node.DOCUMENT_POSITION_FOLLOWING) && !grid.contains(focused);
}

function originsOf(items: GridItem[]): Set<string> {
  return new Set(items.map((item) => new URL(SOURCE.exec(item.kept)?.[1] ?? "/", location.href).origin));
}
