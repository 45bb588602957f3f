// The grid of pictures: a click opens the viewer, which is loaded then and not before; keys delete with Undo.
import { find, isWriting } from "../page/dom";
import { shortcutsOn } from "../page/shortcuts";
import { enhanceKeys, tilesOf } from "./keys";

const PATIENCE_MS = 5000; // for a viewer that does not come

export function enhanceGallery(): void {
  const grid = find("[data-gallery]");
  if (!grid) return followBack();
  enhanceKeys(grid);
  grid.addEventListener("pointerdown", () => void loadViewer(), { once: true }); // a head start of the click
  grid.addEventListener("click", (event) => void openFrom(grid, event));
  addEventListener("popstate", (event) => void reopen(grid, event.state));
  if (document.querySelector("[data-can-change]")) deleteByKey(grid);
}

/** A picture's page that was loaded anew where the viewer had stood: Back leads to the grid, which is not here. */
function followBack(): void {
  const here = location.pathname;
  addEventListener("popstate", () => {
    if (location.pathname !== here) location.reload();
  });
}

/** The viewer; null when it does not come (the network went, an upgrade took it away): then the link is followed. */
function loadViewer(): Promise<typeof import("../viewer/viewer") | null> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  return Promise.race([import("../viewer/viewer").catch(() => null), late]);
}

async function openFrom(grid: HTMLElement, event: MouseEvent): Promise<void> {
  const tile = (event.target as Element).closest<HTMLElement>(".tile[data-picture]");
  const wantsNewTab = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0;
  if (!tile || wantsNewTab) return;
  event.preventDefault();
  if (tile.classList.contains("is-broken")) return (await import("./again").catch(() => null))?.retry(tile);
  const viewer = await loadViewer();
  if (viewer) viewer.openViewer(grid, tile, { x: event.clientX, y: event.clientY });
  else location.assign((tile as HTMLAnchorElement).href);
}

/** Forward to an address that the viewer had made: open it again, when that picture is on this page. */
async function reopen(grid: HTMLElement, state: unknown): Promise<void> {
  const id = (state as { viewer?: string } | null)?.viewer;
  if (!id) return;
  const tile = document.getElementById(`p${id}`);
  const viewer = tile && (await loadViewer());
  if (viewer) viewer.reopenViewer(grid, tile);
  else location.reload();
}

function deleteByKey(grid: HTMLElement): void {
  const loading = import("./trash").catch(() => null); // now, so that it is there when the key is pressed
  grid.addEventListener("keydown", async (event) => {
    const tile = (event.target as Element).closest<HTMLElement>(".tile[data-picture]");
    if (event.key !== "Delete" || !tile || isWriting(event.target) || !shortcutsOn()) return;
    event.preventDefault();
    const module = await loading;
    if (!module) return location.assign((tile as HTMLAnchorElement).href); // there is the button
    const tiles = tilesOf(grid);
    const next = tiles[tiles.indexOf(tile) + 1] ?? tiles[tiles.indexOf(tile) - 1];
    await module.trash(tile);
    next?.focus();
  });
}
