// The heart of a picture: set and taken back by a key in the viewer, shown on its tile.
import { complain, flash } from "../page/flash";
import { send } from "../page/http";
import { pictureOf } from "./picture";

interface Marks {
  marks: Record<string, string>;
}

/** Make a tile's picture a favourite, or none any more, and say so. */
export async function toggleFavourite(tile: HTMLElement): Promise<void> {
  const { id, alt } = pictureOf(tile);
  const favourite = tile.classList.contains("is-favourite") ? "" : "yes";
  try {
    const { marks } = await send<Marks>("POST", `/api/v1/pictures/${id}/marks`, { favourite });
    tile.classList.toggle("is-favourite", marks["favourite"] === "yes");
    if (favourite) flash("flash-favourite", { name: alt });
    else flash("flash-no-favourite", { name: alt });
  } catch (error) {
    complain(error);
  }
}
