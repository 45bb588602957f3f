// Behind the last picture that has come are those of the next page: the viewer asks the grid for them near the end.
import type PhotoSwipe from "photoswipe";
import { sequenceOf } from "../grid/sequence";

const NEAR = 12; // pictures before the end

/** Let the viewer, which shows `tiles`, go on; `add` takes those that follow them. */
export function goFurther(viewer: PhotoSwipe, grid: HTMLElement, tiles: HTMLElement[], add: (tiles: HTMLElement[]) => void): void {
  const sequence = sequenceOf(grid);
  let busy = false;
  viewer.on("change", async () => {
    const last = tiles.at(-1);
    if (!sequence || busy || !last || viewer.currIndex < viewer.getNumItems() - NEAR) return;
    busy = true;
    const further = await sequence.behind(last);
    busy = false;
    if (further.length && !viewer.isDestroying) add(further);
  });
}
