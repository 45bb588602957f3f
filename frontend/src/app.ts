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

void enhance("form#upload", async () => (await import("./upload/page")).enhanceUpload);
void enhance("form[data-passkey]", async () => (await import("./page/passkeys")).enhancePasskey);
void enhance("form[data-selection]", async () => (await import("./grid/selection")).enhanceSelection);
void enhance("form[data-editor]", async () => (await import("./editor/editor")).enhanceEditor);
void enhance("[data-focus]", async () => (await import("./editor/focus")).enhanceFocus);
void enhance("[data-order]", async () => (await import("./grid/arrange")).enhanceOrder);
void enhance(".pager", async () => (await import("./grid/pager")).enhancePager);
void enhance("[data-transfers]", async () => (await import("./page/transfers")).enhanceTransfers);
void enhance("[data-describe]", async () => (await import("./page/description")).enhanceDescription);

/** A module that does not come (the network went, an upgrade took it away) leaves the plain page, which is complete. */
async function enhance<E extends HTMLElement>(selector: string, load: () => Promise<(place: E) => void>): Promise<void> {
  const place = find<E>(selector);
  if (!place) return;
  const module = await load().catch(() => null);
  if (module) module(place);
  else place.classList.add("is-plain");
}
