// The upload page: the plain form becomes a queue that sends straight to the media service.
import { must } from "../page/dom";
import { flash } from "../page/flash";
import { Refused } from "../page/http";
import { reasonAgainst, sentence } from "./checks";
import { enhanceChoice } from "./choose";
import { Item } from "./item";
import { Panel } from "./panel";
import { Queue } from "./queue";
import type { Wish } from "./row";
import { describe, settle, transferTo, undo, type Addresses } from "./transfer";

export function enhanceUpload(form: HTMLFormElement): void {
  const addresses = { signature: form.dataset["signature"] ?? "", pictures: form.dataset["pictures"] ?? "" };
  const maxBytes = Number(form.dataset["maxBytes"]) || Infinity;
  const panel = new Panel(
    must("[data-upload-queue]", form),
    () => queue,
    (item, what) => void grant(item, what),
  );
  const changed = (item: Item) => panel.changed(item);
  const tags = () => must<HTMLInputElement>("input[name=tags]", form).value.split(",");
  const queue = new Queue(transferTo(addresses, tags, changed), changed);
  const grant = (item: Item, what: Wish) => fulfil(what, item, queue, addresses).then(() => changed(item), complain);

  must("[data-retry-failed]", form).addEventListener("click", () => queue.retryFailed());
  must("[data-cancel-all]", form).addEventListener("click", () => queue.cancelAll());
  form.addEventListener("submit", (event) => event.preventDefault());
  guardLeaving(queue);
  form.classList.add("is-enhanced");
  for (const plain of form.querySelectorAll<HTMLElement>("[data-plain]")) plain.hidden = true;
  enhanceChoice(must<HTMLInputElement>("input[type=file]", form), (files) => {
    queue.add(files.map((file) => checked(new Item(file), maxBytes)));
    panel.changed();
  });
}

/** A file that cannot be taken goes into the list as failed, so that the person reads its name and the reason. */
function checked(item: Item, maxBytes: number): Item {
  item.reason = reasonAgainst(item.file, maxBytes);
  if (item.reason) item.state = "failed";
  return item;
}

async function fulfil(wish: Wish, item: Item, queue: Queue, addresses: Addresses): Promise<void> {
  if (wish === "cancel") queue.cancel(item);
  if (wish === "retry") queue.retry(item);
  if (wish === "keep" || wish === "skip") await settle(item, addresses, wish);
  if (wish === "undo") await undo(item, addresses);
  if (wish === "describe") await describe(item, addresses);
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
    const unfinished = queue.items.some((item) => item.isUnfinished);
    if (unfinished === guarded) return;
    guarded = unfinished;
    if (guarded) addEventListener("beforeunload", ask);
    else removeEventListener("beforeunload", ask);
  }, 250);
}
