// Every page loads this small module; what only some pages need is loaded by them.
import { find } from "./page/dom";
import { enhanceDates } from "./page/dates";
import { enhanceFlashes } from "./page/flash";
import { enhanceForms } from "./page/forms";
import { enhanceSignOut } from "./page/sign-out";
import { enhanceShortcuts } from "./page/shortcuts";
import { enhanceTheme } from "./page/theme";
import { enhanceGallery } from "./grid/gallery";
import { enhancePictures } from "./grid/pictures";

enhancePictures();
enhanceGallery();
enhanceFlashes();
enhanceDates();
enhanceForms();
enhanceShortcuts();
enhanceSignOut();
enhanceTheme();

void enhance("form#upload", () => import("./upload/page"));
void enhance("form[data-passkey]", () => import("./page/passkeys"));
void enhance("form[data-selection]", () => import("./grid/selection"));
void enhance("form[data-editor]", () => import("./editor/editor"));
void enhance("[data-focus]", () => import("./editor/focus"));
void enhance("[data-order]", () => import("./grid/arrange"));
void enhance(".pager", () => import("./grid/pager"));
void enhance("[data-transfers]", () => import("./page/transfers"));
void enhance("[data-scrubber]", () => import("./page/scrubber"));
void enhance("[data-describe]", () => import("./page/description"));

/**
 * Begin a module by what it exports: one function. One that does not come (the network went, an upgrade took it away)
 * leaves the plain page, which is complete.
 */
async function enhance<E extends HTMLElement>(selector: string, load: () => Promise<Record<string, (place: E) => void>>): Promise<void> {
  const place = find<E>(selector);
  if (!place) return;
  const module = await load().catch(() => null);
  if (module) for (const begin of Object.values(module)) begin(place);
  else place.classList.add("is-plain");
}
