// The grid as one stop for Tab: arrows, Home and End move between its tiles (a roving tabindex).
import { find } from "../page/dom";
import { shortcutsOn } from "../page/shortcuts";

type Move = (tiles: HTMLElement[], from: number) => number;

const moves: Record<string, Move> = {
  ArrowLeft: (_, from) => from - 1,
  ArrowRight: (_, from) => from + 1,
  ArrowUp: (tiles, from) => nearest(tiles, from, (box, own) => box.bottom <= own.top + 1),
  ArrowDown: (tiles, from) => nearest(tiles, from, (box, own) => box.top >= own.bottom - 1),
  Home: () => 0,
  End: (tiles) => tiles.length - 1,
};

export function enhanceKeys(grid: HTMLElement): void {
  rove(tilesOf(grid)[0]);
  grid.addEventListener("focusin", (event) => rove((event.target as HTMLElement).closest<HTMLElement>(".tile")));
  grid.addEventListener("keydown", (event) => {
    if (event.key === "x") return select(event);
    const move = moves[event.key];
    const tiles = tilesOf(grid);
    const from = tiles.indexOf(document.activeElement as HTMLElement);
    if (!move || from < 0 || document.querySelector(".pswp") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    tiles[move(tiles, from)]?.focus();
  });
}

/** Go to the same page with boxes, where the tile that has the focus is ticked. */
function select(event: KeyboardEvent): void {
  const tile = (event.target as HTMLElement).closest<HTMLElement>(".tile");
  const boxes = find<HTMLAnchorElement>('a[data-shortcut="s"]');
  if (!tile || !boxes || !shortcutsOn() || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  location.assign(`${boxes.href}#${tile.id}`);
}

export function tilesOf(grid: ParentNode): HTMLElement[] {
  return [...grid.querySelectorAll<HTMLElement>(".tile")];
}

/** Make `tile` the one that Tab reaches. */
export function rove(tile: HTMLElement | null | undefined): void {
  const grid = tile?.closest("[data-gallery]");
  if (!tile || !grid) return;
  for (const other of tilesOf(grid)) other.tabIndex = other === tile ? 0 : -1;
}

/** The tile of the next row in one direction whose middle is closest to the middle of the tile at `from`. */
function nearest(tiles: HTMLElement[], from: number, beyond: (box: DOMRect, own: DOMRect) => boolean): number {
  const boxes = tiles.map((tile) => tile.getBoundingClientRect());
  const own = boxes[from] as DOMRect;
  const distance = (box: DOMRect) =>
    Math.abs(box.top - own.top) * 1000 + Math.abs(box.left + box.width / 2 - own.left - own.width / 2);
  let best = from;
  boxes.forEach((box, index) => {
    const better = best === from || distance(box) < distance(boxes[best] as DOMRect);
    if (beyond(box, own) && better) best = index;
  });
  return best;
}
