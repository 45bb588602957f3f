// Forms that change something are sent when that can succeed: what was written or ticked outlives a session that ended
// and a network that went. Who leaves with words that are not saved is asked.
import { find } from "./dom";
import { flash } from "./flash";
import { isSignedIn, signedIn } from "./session";

const sent = new WeakMap<HTMLFormElement, boolean>(); // false: it waits for the sign-in; a second click sends nothing
let passing = false;

export function enhanceForms(): void {
  if (!isSignedIn()) return;
  document.addEventListener("submit", check);
  const written = find<HTMLFormElement>("form[data-edit-form]");
  if (written) guardWords(written, () => !sent.get(written) && isChanged(written));
}

async function check(event: SubmitEvent): Promise<void> {
  const form = event.target as HTMLFormElement;
  if (passing || event.defaultPrevented || form.method !== "post" || form.matches("[data-sign-out]")) return;
  event.preventDefault();
  if (sent.has(form)) return;
  sent.set(form, false);
  try {
    await signedIn();
    sent.set(form, (passing = true));
    form.requestSubmit(event.submitter);
  } catch {
    flash("flash-offline");
  }
  passing = false;
  setTimeout(() => sent.delete(form), 1000); // the way Back may bring this page again
}

/** Ask before the page is left while `isUnsaved`. */
export function guardWords(form: HTMLElement, isUnsaved: () => boolean): void {
  const ask = (event: BeforeUnloadEvent) => {
    if (isUnsaved()) event.preventDefault();
  };
  form.addEventListener("input", () => addEventListener("beforeunload", ask), { once: true });
}

/** True when a field says something else than it did when the page came, which a hidden one never does. */
export function isChanged(form: HTMLFormElement): boolean {
  const fields = [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")];
  return fields.some((field) => field.value !== field.defaultValue);
}
