// The upload page: files come in by every way there is, and with the first of them the code that sends them.
import { fill, must } from "../page/dom";
import { enhanceFileSources } from "./file-sources";
import { Item } from "./item";
import { forget, note, unfinished } from "./persistence";

export function enhanceUpload(form: HTMLFormElement): void {
  const input = must<HTMLInputElement>("input[type=file]", form);
  form.classList.add("is-enhanced");
  for (const each of form.querySelectorAll("span.needs-script, label.needs-script")) each.classList.remove("needs-script");
  showPlain(form, false);
  form.addEventListener("submit", (event) => {
    if (form.matches(".is-enhanced")) event.preventDefault();
  });
  const loadUploader = once(() => import("./uploader").then(({ startUploader }) => startUploader(form)));
  form.addEventListener("pointerover", () => void loadUploader(), { once: true }); // a head start
  enhanceFileSources(input, async (files) => {
    const uploader = await loadUploader();
    if (uploader) uploader.take(files.map((file) => new Item(file)));
    else showPlain(form, true, files);
  });
  const fetching = must("[data-fetch]", form);
  fetching.parentElement?.classList.remove("needs-script");
  fetching.addEventListener("click", async () => {
    const uploader = await loadUploader();
    if (uploader) uploader.takeAddresses();
    else showPlain(form, true);
  });
  void offerToGoOn(must("[data-unfinished]", form), async (items) => (await loadUploader())?.goOn(items));
}

/** The plain form, which is complete; it gets the files that were chosen already. */
function showPlain(form: HTMLFormElement, on: boolean, files: File[] = []): void {
  for (const plain of form.querySelectorAll<HTMLElement>("[data-plain]")) plain.hidden = !on;
  if (!on) return;
  form.classList.replace("is-enhanced", "is-plain");
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  must<HTMLInputElement>("input[type=file]", form).files = transfer.files;
}

function once<Result>(load: () => Promise<Result>): () => Promise<Result | null> {
  let loading: Promise<Result | null> | undefined;
  return () => (loading ??= load().catch(() => null));
}

/** Files that the page was left with: go on with them, or forget them. */
async function offerToGoOn(offer: HTMLElement, goOn: (items: Item[]) => Promise<void> | undefined): Promise<void> {
  const left = await unfinished();
  if (!left.length) return;
  fill(offer, { count: left.length });
  offer.hidden = false;
  must("[data-go-on]", offer).addEventListener("click", () => {
    offer.hidden = true;
    const items = left.map(({ id, file, address, description = "", tags = [], folder = "", ownAlbum = "", transfer = null }) =>
      Object.assign(new Item(file, id, address), { description, tags, folder, ownAlbum, transfer }),
    );
    void goOn(items);
    for (const item of items) void note(item, item.tags); // it is this page's now
  });
  must("[data-forget]", offer).addEventListener("click", () => {
    void Promise.all(left.map(forget)).then(() => {
      offer.hidden = true; // not before: who reloads the page now must not find them again
    });
  });
}
