// Imports and exports under way: the list is asked for again every two seconds, until none of them is.
import { find } from "./dom";
import { enhanceDates } from "./dates";

const PAUSE = 2000; // milliseconds
const LIST = "[data-transfers]";

export function enhanceTransfers(list: HTMLElement): void {
  list.classList.add("is-live");
  if (list.hasAttribute("data-live")) setTimeout(() => void renew(list), PAUSE);
}

async function renew(list: HTMLElement): Promise<void> {
  const now = document.hidden ? null : await asked();
  if (now) {
    const focused = list.contains(document.activeElement) ? document.activeElement?.id : "";
    list.replaceWith(now);
    if (focused) document.getElementById(focused)?.focus();
    enhanceDates();
  }
  enhanceTransfers(now ?? list);
}

/** The list as it stands now; null while the server is away, or somebody else has signed in. */
async function asked(): Promise<HTMLElement | null> {
  try {
    const answer = await fetch("/transfers/", { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return null;
    return find(LIST, new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    return null;
  }
}
