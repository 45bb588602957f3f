// What sends the files: the queue with its list, and the actions of each row.
import type { NewPicture } from "../api";
import { must } from "../page/dom";
import { complain, flash } from "../page/flash";
import { takenFrom } from "./addresses";
import { reasonAgainst } from "./checks";
import { folderAlbums } from "./folders";
import type { Item } from "./item";
import { beBusy, forget, keep, note } from "./persistence";
import { Panel } from "./panel";
import { Queue } from "./queue";
import { withRetry } from "./retry";
import type { RowAction } from "./row";
import { keepAwake } from "./wake-lock";
import { describe, hang, settle, transferTo, undo, type Addresses } from "./transfer";

export interface Uploader {
  /** Files that have just been chosen. */
  take: (items: Item[]) => void;
  /** Addresses that have just been written. */
  takeAddresses: () => void;
  /** Files that an earlier page was left with. */
  goOn: (items: Item[]) => void;
}

export function startUploader(form: HTMLFormElement): Uploader {
  const { signature = "", pictures = "", albums = "" } = form.dataset;
  const addresses = { signature, pictures, albums };
  const maxBytes = Number(form.dataset["maxBytes"]) || Infinity;
  const panel = new Panel(
    must("[data-upload-queue]", form),
    () => queue,
    (item, action) => void grant(item, action),
  );
  const changed = (item: Item) => {
    if (item.isSettled || item.state === "duplicate") void forget(item); // a duplicate waits at the gallery itself
    panel.changed(item);
  };
  const tagsForAll = must<HTMLInputElement>("input[name=tags]", form);
  const tagsOf = (item: Item) => [...(item.tags ?? tagsForAll.value.split(",")), ...item.ownTags.split(",")];
  const chosen = must<HTMLSelectElement>("select[name=visibility]", form);
  const visibility = () => chosen.value as NonNullable<NewPicture["visibility"]>;
  const albumOfFolder = folderAlbums(addresses.albums, visibility);
  const albumOf = async (item: Item) => item.ownAlbum || albumOfFolder(item.folder);
  const queue = new Queue(transferTo(addresses, { tagsOf, visibility, albumOf }, changed), changed);
  const grant = (item: Item, action: RowAction) =>
    patiently(() => perform(action, item, queue, addresses, tagsOf)).then(() => {
      if ((action === "describe" || action === "hang") && item.isUnfinished) void note(item, tagsOf(item));
      changed(item);
    }, complain);
  const all = (action: RowAction) => {
    for (const item of queue.items) if (item.state === "duplicate") void grant(item, action);
  };

  must("[data-retry-failed]", form).addEventListener("click", () => queue.retryFailed());
  must("[data-cancel-all]", form).addEventListener("click", () => queue.cancelAll());
  must("[data-keep-all]", form).addEventListener("click", () => all("keep"));
  must("[data-skip-all]", form).addEventListener("click", () => all("skip"));
  guardLeaving(queue);
  const goOn = (items: Item[]) => {
    queue.add(items.map((item) => checked(item, maxBytes)));
    panel.changed();
  };
  const take = (items: Item[]) => {
    goOn(items);
    void keepInTurn(items, tagsOf);
  };
  const takeAddresses = () => take(takenFrom(must("textarea[name=addresses]", form)));
  return { take, takeAddresses, goOn };
}

/** What a person does about a file while the network is away happens when it is back; the page says so. */
function patiently(action: () => Promise<void>): Promise<void> {
  return withRetry(action, new AbortController().signal, () => flash("flash-waiting"));
}

/** One after the other, and only what is still to be sent: keeping shall cost the page nothing. */
async function keepInTurn(items: Item[], tagsOf: (item: Item) => string[]): Promise<void> {
  for (const item of items) if (item.isUnfinished) await keep(item, tagsOf(item));
  for (const item of items) if (!item.isUnfinished) await forget(item); // finished while it was being kept
}

/** A file that cannot be taken goes into the list as refused, so that the person reads its name and the reason. */
function checked(item: Item, maxBytes: number): Item {
  item.reason = item.address ? "" : reasonAgainst(item.file, maxBytes);
  if (item.reason) item.state = "refused";
  return item;
}

async function perform(
  action: RowAction,
  item: Item,
  queue: Queue,
  addresses: Addresses,
  tagsOf: (item: Item) => string[],
): Promise<void> {
  if (action === "cancel") queue.cancel(item);
  if (action === "remove") item.state = "removed";
  if (action === "retry") queue.retry(item);
  if (action === "keep" || action === "skip") await settle(item, addresses, action);
  if (action === "undo") await undo(item, addresses);
  if (action === "describe") await describe(item, addresses, tagsOf);
  if (action === "hang") await hang(item, addresses);
}

/** Ask before leaving while something would be lost. No handler otherwise: it would cost the fast way Back. */
function guardLeaving(queue: Queue): void {
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  let guarded = false;
  setInterval(() => {
    const sending = queue.items.some((item) => item.wouldBeLost);
    if (sending === guarded) return;
    guarded = sending;
    beBusy(guarded);
    keepAwake(guarded);
    if (guarded) addEventListener("beforeunload", ask);
    else removeEventListener("beforeunload", ask);
  }, 250);
}
