// Delete a picture from the grid at once, and offer to undo it. Only pages for signed-in people get here.
import { find } from "../page/dom";
import { complain, flash } from "../page/flash";
import { send } from "../page/http";
import { pictureOf } from "./picture";

/** Move a tile's picture to the trash. The tile leaves at once and comes back when the server refuses. */
export async function trash(tile: HTMLElement): Promise<void> {
  const { id, alt } = pictureOf(tile);
  const place = document.createComment("deleted picture");
  tile.replaceWith(place);
  recount(-1);
  const putBack = () => {
    place.replaceWith(tile);
    recount(1);
    tile.focus();
  };
  try {
    await send("DELETE", `/api/v1/pictures/${id}`);
    flash("flash-deleted", { name: alt }, { undo: () => restore(id, putBack) });
  } catch (error) {
    putBack();
    complain(error);
  }
}

async function restore(id: string, putBack: () => void): Promise<void> {
  try {
    await send("POST", `/api/v1/pictures/${id}/restore`);
    putBack();
    flash("flash-restored");
  } catch (error) {
    complain(error);
  }
}

/** The number of pictures that the page tells, when one goes or comes back. */
function recount(by: number): void {
  const place = find("[data-count]");
  if (!place) return;
  const count = Number(place.dataset["count"]) + by;
  place.dataset["count"] = String(count);
  place.textContent = (place.textContent ?? "").replace(/[\d,]+/, count.toLocaleString(document.documentElement.lang));
}
