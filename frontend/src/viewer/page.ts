// The page of a picture, fetched once: the viewer takes from it what it does not know itself.
import type { SlideData } from "photoswipe";

const STYLES = /<style.*?<\/style>/gs; // that page's own, which this one's policy would refuse, and say so
const known = new Map<string, Promise<Document | null>>();

/** The document at an address; null when it does not come, and then it is asked for again. */
export function pageAt(href: string): Promise<Document | null> {
  const asked =
    known.get(href) ??
    fetch(href)
      .then((answer) => answer.text())
      .then((text) => new DOMParser().parseFromString(text.replace(STYLES, ""), "text/html"))
      .catch(() => {
        known.delete(href);
        return null;
      });
  known.set(href, asked);
  return asked;
}

/** Where the picture of a page lies now, and how large it is: its file may have been replaced meanwhile. */
export async function sizesAt(href: string): Promise<Partial<SlideData>> {
  known.delete(href);
  const image = (await pageAt(href))?.querySelector<HTMLImageElement>(".stage img");
  if (!image) return {};
  const [width, height] = ["width", "height"].map((name) => Number(image.getAttribute(name)));
  return { src: image.src, srcset: image.srcset, ...(width && height ? { width, height } : {}) };
}
