// The page of a picture, fetched once: the viewer takes from it what it does not know itself.

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
