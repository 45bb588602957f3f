// The order of an album, by hand: a tile is dragged to its place, or moved there with Ctrl and an arrow. The server is told
// before which one it hangs now; when it refuses, or on Undo, the tile goes back.
import type { OrderedAlbum } from "../api";
import { complain, flash } from "../page/flash";
import { send } from "../page/http";
import { tilesOf } from "./keys";
import { pictureOf } from "./picture";

/** `grid` says in `data-order` who is told. */
export function enhanceOrder(grid: HTMLElement): void {
  let moved: HTMLElement | null = null;
  let origin: ChildNode | null = null;

  grid.addEventListener("dragstart", (event) => {
    moved = (event.target as Element).closest<HTMLElement>(".tile");
    origin = moved?.nextSibling ?? null;
    moved?.classList.add("is-dragged");
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  });
  grid.addEventListener("dragover", (event) => {
    if (!moved) return;
    event.preventDefault();
    const over = (event.target as Element).closest<HTMLElement>(".tile");
    if (!over || over === moved) return;
    const box = over.getBoundingClientRect();
    if (event.clientX < box.left + box.width / 2) over.before(moved);
    else over.after(moved);
  });
  grid.addEventListener("drop", (event) => {
    event.preventDefault();
    if (moved) void tell(grid, moved, origin);
    moved?.classList.remove("is-dragged");
    moved = null;
  });
  grid.addEventListener("dragend", () => {
    moved?.classList.remove("is-dragged"); // dropped nowhere: it goes back
    if (moved) grid.insertBefore(moved, origin);
    moved = null;
  });
  grid.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const tile = (event.target as Element).closest<HTMLElement>(".tile");
    if (!step || !tile || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const tiles = tilesOf(grid);
    const other = tiles[tiles.indexOf(tile) + step];
    if (!other) return;
    const before = tile.nextSibling;
    if (step < 0) other.before(tile);
    else other.after(tile);
    tile.focus();
    void tell(grid, tile, before);
  });
}

/** The tile hangs where it stands now; `origin` is what stood behind it. */
async function tell(grid: HTMLElement, tile: HTMLElement, origin: ChildNode | null): Promise<void> {
  const tiles = tilesOf(grid);
  const next = tiles[tiles.indexOf(tile) + 1];
  // Behind the last one of this page come those of the next.
  const body = { pictures: [pictureOf(tile).id], before: next ? pictureOf(next).id : grid.dataset["behind"] || null };
  if (tile.nextSibling === origin) return;
  const putBack = () => {
    if (origin && origin.parentNode !== grid) return location.reload(); // that one has left the page meanwhile
    grid.insertBefore(tile, origin);
    tile.focus();
  };
  try {
    const { undo } = await send<OrderedAlbum>("POST", grid.dataset["order"] ?? "", body);
    flash("flash-moved", {}, { undo: () => send("POST", undo).then(putBack, complain) });
  } catch (error) {
    putBack();
    complain(error);
  }
}
