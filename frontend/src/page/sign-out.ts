// Who signs out leaves nothing behind in the browser: files that were still to be sent lie there otherwise.
import { find } from "./dom";

/** The place of unfinished uploads in this browser. */
export const DATABASE = "picturerail-uploads";

export function enhanceSignOut(): void {
  find("form[data-sign-out]")?.addEventListener("submit", () => indexedDB.deleteDatabase(DATABASE));
}
