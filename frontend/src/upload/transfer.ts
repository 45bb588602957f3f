// The way of one file: a signature from the gallery, the bytes to the media service, its answer back to the gallery.
import type { AlbumFilling, DuplicateProblem, FilledAlbum, NewPicture, PictureAnswer, PictureChange, UploadIntent, UploadPermit } from "../api";
import { Refused, send } from "../page/http";
import { sendBytes } from "./bytes";
import { newId, type Item, type TransferState } from "./item";
import { note } from "./persistence";
import { withRetry } from "./retry";

/** Addresses of the gallery's API, as the upload form names them. */
export interface Addresses {
  signature: string;
  pictures: string;
  albums: string;
}

// Pictures hang in the order in which they were chosen: each is registered after those that were begun before it.
let lastBegun: Promise<unknown> = Promise.resolve();

/** What the form says about the files when they are registered. */
export interface Told {
  tagsOf: (item: Item) => string[];
  visibility: () => NonNullable<NewPicture["visibility"]>;
  /** The album of its own, of its folder, or for all. */
  albumOf: (item: Item) => Promise<string | null>;
}

/** The work of the queue: carry one item to done, duplicate, or an error with a sentence. */
export function transferTo(addresses: Addresses, { tagsOf, visibility, albumOf }: Told, changed: (item: Item) => void) {
  const carry = async (item: Item, before: Promise<unknown>): Promise<void> => {
    const { file, abort } = item;
    const { signal } = abort;
    const become = (state: Item["state"]) => {
      if (signal.aborted || item.state === state) return;
      item.state = state;
      changed(item);
    };
    const paused = () => become("paused");
    const sent = (bytes: number) => {
      item.sent = bytes;
      become(bytes < file.size ? "sending" : "processing");
      changed(item);
    };

    const register = async (told: Pick<NewPicture, "answer" | "filename" | "url">): Promise<void> => {
      const album = await withRetry(() => albumOf(item), signal, paused);
      const { description, ownAlbum, ownTags } = item;
      const record: NewPicture = { ...told, description, tags: tagsOf(item), album, visibility: visibility() };
      const shared = record.tags?.slice(0, record.tags.length - ownTags.split(",").length) ?? [];
      const add = () => send<PictureAnswer>("POST", addresses.pictures, record, { waiting: paused });
      try {
        const { picture } = await withRetry(add, signal, paused);
        // Cancelled meanwhile: nobody can stop what is being added. What the item holds may be a later try's.
        if (signal.aborted) return void (await send("DELETE", `${addresses.pictures}/${picture.id}`));
        Object.assign(item, { picture, saved: description, tags: shared, hung: album ?? "" });
        const isNewer = item.description !== description || item.ownTags !== ownTags;
        if (isNewer) await describe(item, addresses, tagsOf); // written in this very moment
        if (item.ownAlbum !== ownAlbum) await hang(item, addresses);
        become("done");
      } catch (error) {
        const duplicate = duplicateIn(error);
        if (signal.aborted) return void (await send("POST", `${addresses.pictures}/${duplicate.held_id}/skip`));
        item.duplicate = duplicate;
        become("duplicate");
      }
    };

    if (item.address) {
      await before;
      become("fetching");
      return await register({ url: item.address });
    }
    become("sending");
    const intent: UploadIntent = {
      filename: file.name,
      bytes: file.size,
      tags: tagsOf(item),
      visibility: visibility(),
    };
    const sign = () => send<UploadPermit>("POST", addresses.signature, intent, { signal, waiting: paused });
    item.transfer = goodFor(item.transfer) ? item.transfer : newTransfer(await withRetry(sign, signal, paused));
    const arrived = () => void note(item, tagsOf(item));
    arrived();
    const answer = await sendBytes(item.transfer, file, signal, { sent, paused, arrived });
    become("processing");
    await before;
    signal.throwIfAborted();
    await register({ answer: answer as Record<string, unknown>, filename: file.name });
  };
  return (item: Item): Promise<void> => {
    // Another site may be slow: nobody waits for it but who tries the same address again.
    const before = item.address ? item.fetched : lastBegun;
    const carried = carry(item, before);
    const both = Promise.allSettled([before, carried]);
    if (item.address) item.fetched = both;
    else lastBegun = both;
    return carried;
  };
}

/** A permit is good for an hour; what was begun under it goes on if enough of that is left. */
function goodFor(transfer: TransferState | null): transfer is TransferState {
  return transfer !== null && Date.now() < transfer.at + 45 * 60_000;
}

function newTransfer(signed: UploadPermit): TransferState {
  return { signed, at: Date.now(), uploadId: newId(), arrived: 0 };
}

function duplicateIn(error: unknown): DuplicateProblem {
  if (error instanceof Refused && error.status === 409) {
    const body = error.body as Partial<DuplicateProblem> | null;
    if (body?.held_id) return body as DuplicateProblem;
  }
  throw error;
}

/** Answer a duplicate: keep both pictures, or drop the new one. */
export async function settle(item: Item, addresses: Addresses, choice: "keep" | "skip"): Promise<void> {
  const held = item.duplicate?.held_id;
  if (!held) return;
  const answer = await send<Partial<PictureAnswer>>("POST", `${addresses.pictures}/${held}/${choice}`);
  item.picture = answer.picture ?? null;
  item.state = item.picture ? "done" : "cancelled";
}

/** Hang a picture that has arrived in the album chosen for it, and no more in the one before. */
export async function hang(item: Item, { albums }: Addresses): Promise<void> {
  if (!item.picture || item.ownAlbum === item.hung) return;
  const rehang = (album: string, change: AlbumFilling) => send<FilledAlbum>("POST", `${albums}/${album}/pictures`, change);
  if (item.ownAlbum) await rehang(item.ownAlbum, { add: [item.picture.id] });
  if (item.hung) await rehang(item.hung, { remove: [item.picture.id] });
  item.hung = item.ownAlbum;
}

/** Tell the gallery a description and tags that were written after its picture had arrived. */
export async function describe(item: Item, addresses: Addresses, tagsOf: (item: Item) => string[]): Promise<void> {
  if (!item.picture) return;
  const { description } = item;
  const change: PictureChange = { description, tags: tagsOf(item), updated_at: item.picture.updated_at };
  try {
    item.picture = (await send<PictureAnswer>("PATCH", `${addresses.pictures}/${item.picture.id}`, change)).picture;
    item.saved = description;
  } catch (error) {
    const body = error instanceof Refused && error.status === 409 ? (error.body as Partial<PictureAnswer> | null) : null;
    if (body?.picture) item.picture = body.picture; // written once more, it replaces theirs
    throw error;
  }
}

/** Take a picture that has just arrived away again. */
export async function undo(item: Item, addresses: Addresses): Promise<void> {
  if (!item.picture) return;
  await send("DELETE", `${addresses.pictures}/${item.picture.id}`);
  item.state = "cancelled";
}
