// The page of a picture, fetched once: the viewer takes from it what it does not know itself.
import type { SlideData } from "photoswipe";

const STYLES = /<style.*?<\/style>/gs; // that page's own, which this one's policy would refuse, and say so
const PASSES = 429; // from here on a refusal passes by itself
const known = new Map<string, Promise<Document | null>>();

/** The page at an address; null when it does not come, or another one in its place, and then it is asked for again. */
export async function pageAt(href: string): Promise<Document | null> {
  const asked = known.get(href) ?? ask(href);
  known.set(href, asked);
  const page = await asked;
  if (page && isPictures(page)) return page;
  known.delete(href);
  return null;
}

/**
 * Where the picture of a page lies now, and how large it is: its file may have been replaced meanwhile. Where its page is
 * refused (a link was ended, a session, a grant) the browser goes there: what stands in its place says why.
 */
export async function sizesAt(href: string): Promise<Partial<SlideData>> {
  const page = await ask(href);
  if (page && !isPictures(page)) location.assign(href);
  const image = page?.querySelector<HTMLImageElement>(".stage img");
  if (!image) return {};
  known.set(href, Promise.resolve(page));
  const [width, height] = ["width", "height"].map((name) => Number(image.getAttribute(name)));
  return { src: image.src, srcset: image.srcset, ...(width && height ? { width, height } : {}) };
}

/** What is at an address, be it a refusal; null when nothing is there for a while. */
async function ask(href: string): Promise<Document | null> {
  const answer = await fetch(href).catch(() => null);
  const text = await answer?.text().catch(() => null);
  if (!answer || answer.status >= PASSES || typeof text !== "string") return null;
  return new DOMParser().parseFromString(text.replace(STYLES, ""), "text/html");
}

function isPictures(page: Document): boolean {
  return page.querySelector(".stage") !== null;
}
