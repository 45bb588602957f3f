// The grid of pictures: a click opens the viewer, which is loaded then and not before; keys delete with Undo.
import { find, isWriting } from "../page/dom";
import { shortcutsOn } from "../page/shortcuts";
import { isSignedIn } from "../page/http";
import { enhanceKeys, tilesOf } from "./keys";
import { retry } from "./pictures";

export function enhanceGallery(): void {
  const grid = find("[data-gallery]");
  if (!grid) return;
  enhanceKeys(grid);
  grid.addEventListener("pointerdown", () => void loadViewer(), { once: true }); // a head start of the click
  grid.addEventListener("click", (event) => void openFrom(grid, event));
  addEventListener("popstate", (event) => void reopen(grid, event.state));
  if (isSignedIn()) deleteByKey(grid);
}

const loadViewer = () => import("../viewer/viewer");

async function openFrom(grid: HTMLElement, event: MouseEvent): Promise<void> {
  const tile = (event.target as Element).closest<HTMLElement>(".tile[data-picture]");
  const wantsNewTab = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0;
  if (!tile || wantsNewTab) return;
  event.preventDefault();
  if (tile.classList.contains("is-broken")) return retry(tile);
  const { openViewer } = await loadViewer();
  openViewer(grid, tile, { x: event.clientX, y: event.clientY });
}

/** Forward to an address that the viewer had made: open it again, when that picture is on this page. */
async function reopen(grid: HTMLElement, state: unknown): Promise<void> {
  const id = (state as { viewer?: string } | null)?.viewer;
  if (!id) return;
  const tile = find(`#${CSS.escape(`p${id}`)}`, grid);
  if (!tile) return location.reload();
  (await loadViewer()).reopenViewer(grid, tile);
}

function deleteByKey(grid: HTMLElement): void {
  grid.addEventListener("keydown", async (event) => {
    const tile = (event.target as Element).closest<HTMLElement>(".tile[data-picture]");
    if (event.key !== "Delete" || !tile || isWriting(event.target) || !shortcutsOn()) return;
    event.preventDefault();
    const tiles = tilesOf(grid);
    const next = tiles[tiles.indexOf(tile) + 1] ?? tiles[tiles.indexOf(tile) - 1];
    const { trash } = await import("./trash");
    await trash(tile);
    next?.focus();
  });
}
