// Behind the last picture of the page come those of the next: the viewer asks for them when it comes near the end.
import type PhotoSwipe from "photoswipe";
import type { PicturePage, PublicPicture } from "../api";
import { tilesOf } from "../grid/keys";
import { pictureOf } from "../grid/picture";
import { send } from "../page/http";

const NEAR = 5; // pictures before the end

/** Let the viewer go on; `add` takes tiles that stand on no page yet. */
export function goFurther(viewer: PhotoSwipe, grid: HTMLElement, add: (tiles: HTMLElement[]) => void): void {
  const more = grid.dataset["more"];
  const last = tilesOf(grid).at(-1);
  if (!more || !last || !document.querySelector("a[rel=next]")) return;
  let after: string | null = pictureOf(last).id;
  let busy = false;
  viewer.on("change", async () => {
    if (busy || !after || viewer.currIndex < viewer.getNumItems() - NEAR) return;
    busy = true;
    const url = `${more}${more.includes("?") ? "&" : "?"}after=${after}&limit=60`;
    const page: PicturePage | null = await send<PicturePage>("GET", url).catch(() => null);
    busy = false;
    if (!page) return;
    after = page.next;
    add(page.pictures.map(tileOf));
  });
}

/** A tile as the server writes it, as far as the viewer needs one. */
function tileOf(picture: PublicPicture): HTMLElement {
  const tile = document.createElement("a");
  const { id, width, height, image, stack } = picture;
  const alt = picture.description.trim() || picture.title;
  tile.className = "tile";
  tile.id = `p${id}`;
  tile.href = picture.page;
  tile.dataset["picture"] = JSON.stringify({ id, alt, w: width ?? 0, h: height ?? 0, url: image.url, widths: image.widths, stacked: stack?.count ?? 0 });
  return tile;
}
