// The upload page: the plain form becomes a queue that sends straight to the media service.
import { fill, find, must } from "../page/dom";
import { flash } from "../page/flash";
import { Refused } from "../page/http";
import { reasonAgainst, sentence } from "./checks";
import { enhanceChoice } from "./file-sources";
import { Item } from "./item";
import { beBusy, forget, keep, note, unfinished } from "./persistence";
import { Panel } from "./panel";
import { Queue } from "./queue";
import type { RowAction } from "./row";
import { describe, settle, transferTo, undo, type Addresses } from "./transfer";

export function enhanceUpload(form: HTMLFormElement): void {
  const addresses = { signature: form.dataset["signature"] ?? "", pictures: form.dataset["pictures"] ?? "" };
  const maxBytes = Number(form.dataset["maxBytes"]) || Infinity;
  const panel = new Panel(
    must("[data-upload-queue]", form),
    () => queue,
    (item, what) => void grant(item, what),
  );
  const changed = (item: Item) => {
    if (item.isSettled || item.state === "duplicate") void forget(item); // a duplicate waits at the gallery itself
    panel.changed(item);
  };
  const tagsOf = (item: Item) => item.tags ?? must<HTMLInputElement>("input[name=tags]", form).value.split(",");
  const queue = new Queue(transferTo(addresses, tagsOf, changed), changed);
  const grant = (item: Item, what: RowAction) =>
    perform(what, item, queue, addresses).then(() => {
      if (what === "describe" && item.isUnfinished) void note(item, tagsOf(item));
      changed(item);
    }, complain);

  must("[data-retry-failed]", form).addEventListener("click", () => queue.retryFailed());
  must("[data-cancel-all]", form).addEventListener("click", () => queue.cancelAll());
  form.addEventListener("submit", (event) => event.preventDefault());
  guardLeaving(queue);
  form.classList.add("is-enhanced");
  find(".needs-script", form)?.classList.remove("needs-script");
  for (const plain of form.querySelectorAll<HTMLElement>("[data-plain]")) plain.hidden = true;
  const add = (items: Item[]) => {
    queue.add(items.map((item) => checked(item, maxBytes)));
    panel.changed();
  };
  enhanceChoice(must<HTMLInputElement>("input[type=file]", form), (files) => {
    const items = files.map((file) => new Item(file));
    add(items);
    void keepInTurn(items, tagsOf);
  });
  void offerToGoOn(must("[data-unfinished]", form), add);
}

/** One after the other, and only what is still to be sent: keeping shall cost the page nothing. */
async function keepInTurn(items: Item[], tagsOf: (item: Item) => string[]): Promise<void> {
  for (const item of items) if (item.isUnfinished) await keep(item, tagsOf(item));
  for (const item of items) if (!item.isUnfinished) await forget(item); // finished while it was being kept
}

/** Files that the page was left with: go on with them, or forget them. */
async function offerToGoOn(offer: HTMLElement, add: (items: Item[]) => void): Promise<void> {
  const left = await unfinished();
  if (!left.length) return;
  fill(offer, { count: left.length });
  offer.hidden = false;
  must("[data-go-on]", offer).addEventListener("click", () => {
    offer.hidden = true;
    const items = left.map(({ id, file, description = "", tags = [], transfer = null }) =>
      Object.assign(new Item(file, id), { description, tags, transfer }),
    );
    add(items);
    for (const item of items) void note(item, item.tags); // it is this page's now
  });
  must("[data-forget]", offer).addEventListener("click", () => {
    void Promise.all(left.map(forget)).then(() => {
      offer.hidden = true; // not before: who reloads the page now must not find them again
    });
  });
}

/** A file that cannot be taken goes into the list as failed, so that the person reads its name and the reason. */
function checked(item: Item, maxBytes: number): Item {
  item.reason = reasonAgainst(item.file, maxBytes);
  if (item.reason) item.state = "failed";
  return item;
}

async function perform(action: RowAction, item: Item, queue: Queue, addresses: Addresses): Promise<void> {
  if (action === "cancel") queue.cancel(item);
  if (action === "retry") queue.retry(item);
  if (action === "keep" || action === "skip") await settle(item, addresses, action);
  if (action === "undo") await undo(item, addresses);
  if (action === "describe") await describe(item, addresses);
}

function complain(error: unknown): void {
  if (error instanceof Refused) flash("flash-refused", { message: error.message });
  else flash("flash-offline", { message: sentence("offline") });
}

/** Ask before leaving while something is unfinished. No handler otherwise: it would cost the fast way Back. */
function guardLeaving(queue: Queue): void {
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  let guarded = false;
  setInterval(() => {
    const sending = queue.items.some((item) => item.isUnfinished);
    if (sending === guarded) return;
    guarded = sending;
    beBusy(guarded);
    if (guarded) addEventListener("beforeunload", ask);
    else removeEventListener("beforeunload", ask);
  }, 250);
}
