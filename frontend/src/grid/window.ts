// The part of a listing that stands in the page: the rows around what is seen. Those far above and below are kept
// outside of it, and blank places as high as they hold their room.
import { tilesOf, rove } from "./keys";
import { idOf, nextTask, parsed, textOf } from "./listing-page";
import { evenRows, totalHeight, type GridItem, type Measures, type GridRow } from "./rows";

const KEPT = 1.4; // windows above and below what is seen in which tiles stay
const REACH = 1; // windows above and below in which they are brought in
const AT_ONCE = 4; // tiles that are put in between two frames: a frame with six took 54 ms of a CPU slowed four times
const MAX_TAKEN = 2; // rows that are taken out between two frames
const MAX_FAR = 6; // rows that wait to be taken out while tiles are put in
const LOST = 2; // windows between the tiles and what is seen from which the way is not gone row by row

export class GridWindow {
  private above: GridRow[] = []; // the nearest one last
  private aboveHeight = 0;
  private below: GridItem[] = []; // the nearest one first
  private belowHeight = 0;
  private readonly live = new Map<string, GridItem>();
  private readonly top = blank();
  private readonly bottom = blank();
  private measures: Measures;
  private seen: { id: string; top: number } | null = null; // first, at the width that is measured

  constructor(
    readonly grid: HTMLElement,
    items: GridItem[],
  ) {
    for (const item of items) this.live.set(item.id, item);
    for (const tile of tilesOf(grid)) (this.live.get(idOf(tile)) as GridItem).tile = tile;
    grid.classList.add("is-endless");
    grid.prepend(this.top);
    grid.append(this.bottom);
    this.measures = this.measure();
  }

  /** Every picture that has come, in order. */
  items(): GridItem[] {
    return [...this.above.flatMap((row) => row.items), ...this.shown(), ...this.below];
  }

  get isAtStart(): boolean {
    return this.above.length === 0;
  }

  /** Few pictures, or none, wait below. */
  get isAtEnd(): boolean {
    return this.below.length < AT_ONCE;
  }

  get nextBelow(): GridItem | undefined {
    return this.below[0];
  }

  /** Add the pictures of a page after all others. */
  append(items: GridItem[]): void {
    this.below.push(...items);
    this.belowHeight += totalHeight(evenRows(items, this.measures));
    this.fit();
  }

  /** Add the pictures of a page before all others; what is seen stays where it is. */
  prepend(items: GridItem[]): void {
    this.steady(() => {
      const rows = evenRows(items, this.measures);
      this.above = [...rows, ...this.above];
      this.aboveHeight += totalHeight(rows);
      this.fit();
    });
  }

  /** Bring in what comes near, take out what is far; true when something was done, and there may be more. */
  update(): boolean {
    const tiles = tilesOf(this.grid);
    const first = tiles[0]?.getBoundingClientRect();
    const last = tiles.at(-1)?.getBoundingClientRect();
    if (!first || !last) return this.refill();
    if (first.top > LOST * innerHeight && this.above.length) return this.jumpUp(first.top);
    if (last.bottom < -LOST * innerHeight + innerHeight && this.below.length) return this.jumpDown(last.bottom);
    const up = first.top > -REACH * innerHeight && this.above.length > 0;
    const down = last.bottom < (1 + REACH) * innerHeight && this.below.length > 0;
    const rows = rowsOf(tiles);
    const over = rows.filter((row) => row.bottom < -KEPT * innerHeight).slice(0, -1);
    const under = rows.filter((row) => row.top > (1 + KEPT) * innerHeight).slice(1);
    const far = over.length + under.length;
    if (!up && !down && !far) return false;
    // Putting in is work enough for one frame, and so is taking out.
    const takes = far > (up || down ? MAX_FAR : 0);
    this.steady(() => {
      if (takes) {
        for (const row of over.slice(0, MAX_TAKEN)) this.takeUp(row);
        for (const row of under.reverse().slice(0, MAX_TAKEN)) this.takeDown(row);
      }
      if (up) this.bringUp();
      if (down) this.bringDown();
      this.fit();
    });
    const next = [...((up && this.above.at(-1)?.items) || []), ...(down ? this.below.slice(0, AT_ONCE) : [])];
    void nextTask().then(() => this.tilesFor(next)); // so that their frame need not make them
    return true;
  }

  /** Make the picture at a place stand at `top` pixels of the window, whatever was there. */
  place(index: number, top: number): HTMLElement | null {
    const all = this.items();
    for (const tile of tilesOf(this.grid)) this.freeze(tile);
    for (const end of this.grid.querySelectorAll(".row-end")) end.remove();
    this.measures = this.measure();
    this.above = evenRows(all.slice(0, index), this.measures);
    this.aboveHeight = totalHeight(this.above);
    this.below = all.slice(index);
    this.belowHeight = totalHeight(evenRows(this.below, this.measures));
    this.bringDown();
    this.fit();
    const tile = tilesOf(this.grid)[0] ?? null;
    if (tile) scrollBy({ top: tile.getBoundingClientRect().top - top, behavior: "instant" });
    return tile;
  }

  /** The tile of a picture, which is brought in if it is not there; null when it has not come. */
  show(id: string): HTMLElement | null {
    const tile = this.live.get(id)?.tile;
    if (tile?.isConnected) return tile;
    const index = this.items().findIndex((item) => item.id === id);
    return index < 0 ? null : this.place(index, innerHeight / 4);
  }

  /**
   * To be called before each look. When the width is another one, rows are made anew around the picture that was seen
   * first until then: by now another one stands in its place. While the heading is seen, that stays.
   */
  resize(): void {
    if (this.grid.clientWidth === this.measures.width) {
      const first = this.firstSeen();
      this.seen = first && { id: idOf(first.tile), top: first.top };
      return;
    }
    const { id, top } = this.seen ?? { id: "", top: 0 };
    const index = this.items().findIndex((item) => item.id === id);
    this.measures = this.measure();
    if (index > 0 || (index === 0 && top < 0)) this.place(index, Math.max(top, 0));
  }

  /** The first tile of which something is seen, and where it stands. */
  firstSeen(): { tile: HTMLElement; top: number } | null {
    for (const tile of tilesOf(this.grid)) {
      const box = tile.getBoundingClientRect();
      if (box.bottom > 1) return { tile, top: box.top };
    }
    return null;
  }

  /** The tiles of pictures, made where they are needed: for the viewer, too, which shows more than stand in the page. */
  tilesFor(items: GridItem[]): HTMLElement[] {
    const needed = items.filter((item) => !item.tile);
    const made = needed.length ? parsed(needed.map((item) => item.kept).join("")).querySelectorAll<HTMLElement>(".tile") : [];
    for (const [at, item] of needed.entries()) item.tile = thaw(made[at] as HTMLElement, item.style);
    return items.map((item) => item.tile as HTMLElement);
  }

  private shown(): GridItem[] {
    return tilesOf(this.grid).map((tile) => this.live.get(idOf(tile)) as GridItem);
  }

  /** All tiles that stood here are gone (deleted, perhaps): the next ones come. */
  private refill(): boolean {
    if (!this.above.length && !this.below.length) return false;
    if (this.below.length) this.bringDown();
    else this.bringUp();
    this.fit();
    return true;
  }

  /** Whoever pulls the scrollbar is far from all tiles: those of that place come at once. */
  private jumpUp(distance: number): boolean {
    let index = this.above.reduce((sum, row) => sum + row.items.length, 0);
    for (let at = this.above.length - 1; at >= 0 && distance > 0; at--) {
      const row = this.above[at] as GridRow;
      distance -= row.height;
      index -= row.items.length;
    }
    this.place(index, Math.max(0, this.grid.getBoundingClientRect().top)); // below the heading, where that is seen
    return true;
  }

  private jumpDown(bottom: number): boolean {
    const part = Math.min(1, -bottom / Math.max(1, this.belowHeight));
    const count = this.items().length;
    const ahead = Math.floor(part * (this.below.length - 1));
    this.place(count - this.below.length + ahead, 0);
    return true;
  }

  private takeUp(row: LaidRow): void {
    this.above.push({ items: row.tiles.map((tile) => this.freeze(tile)), height: row.height });
    this.aboveHeight += row.height;
    const end = this.top.nextElementSibling;
    if (end?.matches(".row-end")) end.remove();
  }

  private takeDown(row: LaidRow): void {
    this.below.unshift(...row.tiles.map((tile) => this.freeze(tile)));
    this.belowHeight += row.height;
    const end = this.bottom.previousElementSibling;
    if (end?.matches(".row-end")) end.remove();
  }

  private bringUp(): void {
    const row = this.above.pop();
    if (!row) return;
    this.aboveHeight -= row.height;
    const end = document.createElement("i");
    end.className = "row-end";
    this.top.after(...this.enter(row.items), end);
  }

  private bringDown(): void {
    const whole = this.below.length;
    const some = this.below.splice(0, AT_ONCE);
    this.belowHeight *= this.below.length / Math.max(1, whole);
    this.bottom.before(...this.enter(some));
  }

  private enter(items: GridItem[]): HTMLElement[] {
    const tiles = this.tilesFor(items);
    for (const item of items) this.live.set(item.id, item);
    for (const tile of tiles) dispatchEvent(new CustomEvent("tile", { detail: tile })); // its picture is cared for like all others
    return tiles;
  }

  private freeze(tile: HTMLElement): GridItem {
    const id = idOf(tile);
    const item = this.live.get(id) as GridItem;
    tile.remove();
    tile.querySelector(".preview")?.remove();
    // The policy of the page takes a style from no text: it is set when the tile comes back. It is asked for before it is
    // removed, since Chromium writes style="" of one that has been set by properties and never been read.
    if (tile.hasAttribute("style")) tile.removeAttribute("style");
    item.kept = textOf(tile);
    item.tile = undefined;
    this.live.delete(id);
    return item;
  }

  private fit(): void {
    setHeight(this.top, this.above.length ? this.aboveHeight : 0);
    setHeight(this.bottom, this.below.length ? this.belowHeight : 0);
    const tiles = tilesOf(this.grid);
    if (this.grid.matches("[data-gallery]") && !tiles.some((tile) => tile.tabIndex === 0)) rove(tiles[tiles.length >> 1]);
  }

  /** Do `change`, and leave what is seen where it is. */
  steady(change: () => void): void {
    const seen = this.firstSeen();
    change();
    const by = seen?.tile.isConnected ? seen.tile.getBoundingClientRect().top - seen.top : 0;
    if (Math.abs(by) >= 1) scrollBy({ top: by, behavior: "instant" });
  }

  private measure(): Measures {
    const before = this.top.style.height;
    this.top.style.height = "var(--row)";
    this.top.hidden = false;
    const measures = { width: this.grid.clientWidth, row: this.top.offsetHeight, gap: parseFloat(getComputedStyle(this.grid).columnGap) || 0 };
    this.top.style.height = before;
    this.top.hidden = !parseFloat(before);
    return measures;
  }
}

interface LaidRow {
  tiles: HTMLElement[];
  top: number;
  bottom: number;
  height: number;
}

/** The rows in which tiles stand. */
function rowsOf(tiles: HTMLElement[]): LaidRow[] {
  const rows: LaidRow[] = [];
  for (const tile of tiles) {
    const { top, bottom } = tile.getBoundingClientRect();
    const row = rows.at(-1);
    if (row && Math.abs(row.top - top) < 2) row.tiles.push(tile);
    else rows.push({ tiles: [tile], top, bottom, height: 0 });
    if (row && row.tiles.at(-1) !== tile) row.height = top - row.top;
  }
  const [last, before] = [rows.at(-1), rows.at(-2)];
  if (last) last.height = last.bottom - last.top + (before ? before.height - (before.bottom - before.top) : 0);
  return rows;
}

/**
 * A tile that was kept, for this document. Its picture waits until it comes near, wherever on its page it stood. It is a
 * copy: of tiles that are adopted Chromium lets go none whose picture has been waited for.
 */
function thaw(kept: HTMLElement, style: string): HTMLElement {
  const tile = document.importNode(kept, true);
  const image = tile.querySelector("img");
  image?.removeAttribute("fetchpriority");
  image?.setAttribute("loading", "lazy");
  image?.classList.remove("is-coming");
  if (tile.matches("a")) tile.tabIndex = -1;
  tile.style.cssText = style;
  return tile;
}

function blank(): HTMLElement {
  const place = document.createElement("div");
  place.className = "blank";
  place.hidden = true;
  return place;
}

function setHeight(place: HTMLElement, height: number): void {
  place.style.height = `${height}px`;
  hide(place, height <= 0);
}

/** Hide or show, but say nothing that is said already: browsers would work out the styles anew. */
export function hide(element: HTMLElement, hidden: boolean): void {
  if (element.hidden !== hidden) element.hidden = hidden;
}
