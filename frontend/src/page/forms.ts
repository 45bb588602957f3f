// Forms that change something are sent when that can succeed: what was written or ticked outlives a session that ended
// and a network that went. Who leaves with words that are not saved is asked.
import { find } from "./dom";
import { flash } from "./flash";
import { isSignedIn, signedIn } from "./session";

const sent = new WeakSet<HTMLFormElement>();

export function enhanceForms(): void {
  if (!isSignedIn()) return;
  document.addEventListener("submit", (event) => void check(event));
  const written = find<HTMLFormElement>("form[data-edit-form]");
  if (written) guardWords(written, () => !sent.has(written) && isChanged(written));
}

async function check(event: SubmitEvent): Promise<void> {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[data-sign-out]") || sent.has(form)) return;
  event.preventDefault();
  try {
    await signedIn();
  } catch {
    return flash("flash-offline");
  }
  sent.add(form);
  form.requestSubmit(event.submitter);
  setTimeout(() => sent.delete(form), 1000); // the way Back may bring this page again
}

/** Ask before the page is left while `isUnsaved`. */
export function guardWords(form: HTMLElement, isUnsaved: () => boolean): void {
  const ask = (event: BeforeUnloadEvent) => {
    if (isUnsaved()) event.preventDefault();
  };
  form.addEventListener("input", () => addEventListener("beforeunload", ask), { once: true });
}

/** True when a field says something else than it did when the page came. */
export function isChanged(form: HTMLFormElement): boolean {
  const fields = [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input:not([type=hidden]), textarea")];
  return fields.some((field) => field.value !== field.defaultValue);
}
