// A tile whose picture did not come, tried again by a person: from where the picture lies now, which its page knows.
import { sizesAt } from "../viewer/page";
import { pictureOf } from "./picture";

export async function retry(tile: HTMLElement): Promise<void> {
  tile.classList.remove("is-broken");
  const sizes = await sizesAt(tile.getAttribute("href") ?? "");
  const image = tile.querySelector("img");
  if (!image) return;
  const { src, width, height } = sizes;
  // The viewer, too: one size is enough for it, until the page comes anew with all of them.
  if (src) tile.dataset["picture"] = JSON.stringify({ ...pictureOf(tile), url: src, widths: [], w: width, h: height });
  const anew = Object.assign(image.cloneNode() as HTMLImageElement, { loading: "eager" }, sizes);
  tile.querySelector(".preview")?.remove();
  image.replaceWith(anew);
  dispatchEvent(new CustomEvent("tile", { detail: tile }));
}
