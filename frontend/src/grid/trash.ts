// Delete a picture from the grid at once, and offer to undo it. Only pages for signed-in people get here.
import { flash } from "../page/flash";
import { Refused, send } from "../page/http";
import { pictureOf } from "./picture";

/** Move a tile's picture to the trash. The tile leaves at once and comes back when the server refuses. */
export async function trash(tile: HTMLElement): Promise<void> {
  const { id, alt } = pictureOf(tile);
  const place = document.createComment("deleted picture");
  tile.replaceWith(place);
  const putBack = () => {
    place.replaceWith(tile);
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

function complain(error: unknown): void {
  if (error instanceof Refused) flash("flash-refused", { message: error.message });
  else flash("flash-offline");
}
