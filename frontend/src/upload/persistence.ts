// What is not finished is kept in the browser, so that a reload or a crash loses nothing: the files themselves, what was
// written about them, and how far they have come. Browsers without room for it simply keep nothing.
import { DATABASE } from "../page/sign-out";
import { newId, type Item, type TransferState } from "./item";

const PAGE = newId();
const MAX_BYTES = 512 * 1024 * 1024; // what is beyond has to be chosen again
const MAX_DAYS = 7;

interface StoredFile {
  id: string;
  file: File;
  address?: string;
  at: number;
}

interface Note {
  id: string;
  description: string;
  tags: string[];
  folder: string;
  ownAlbum?: string;
  transfer: TransferState | null;
  /** The page that sends it. */
  page: string;
}

const sizes = new Map<string, number>(); // of what is kept
let letGo: (() => void) | null = null;

/** Keep a new file until it is forgotten. */
export async function keep(item: Item, tags: string[]): Promise<void> {
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, item.file.size);
  if (bytes > MAX_BYTES) return;
  sizes.set(item.id, item.file.size);
  const { id, file, address } = item;
  await change("files", (files) => files.put({ id, file, address, at: Date.now() } satisfies StoredFile));
  await note(item, tags);
}

/** Keep what has changed about a file: its description and tags, and how far it has come. */
export async function note(item: Item, tags: string[]): Promise<void> {
  const { id, description, folder, ownAlbum, transfer } = item;
  const written = { id, description, tags, folder, ownAlbum, transfer, page: PAGE } satisfies Note;
  await change("notes", (notes) => notes.put(written));
}

/** A file that needs nothing more. */
export async function forget({ id }: { id: string }): Promise<void> {
  sizes.delete(id);
  for (const store of ["files", "notes"] as const) await change(store, (all) => all.delete(id));
}

/** Everything that was not finished and that no other page is sending, the oldest first; what is too old goes. */
export async function unfinished(): Promise<(StoredFile & Partial<Note>)[]> {
  const files = ((await change("files", (all) => all.getAll())) ?? []) as StoredFile[];
  const notes = ((await change("notes", (all) => all.getAll())) ?? []) as Note[];
  const known = new Map(notes.map((each) => [each.id, each]));
  const busy = new Set((await navigator.locks?.query())?.held?.map(({ name }) => name));
  const tooOld = ({ at }: StoredFile) => at < Date.now() - MAX_DAYS * 86_400_000;
  for (const file of files.filter(tooOld)) await forget(file);
  const recent = files.filter((file) => !tooOld(file));
  for (const { id, file } of recent) sizes.set(id, file.size);
  return recent
    .map((file): StoredFile & Partial<Note> => ({ ...known.get(file.id), ...file }))
    .filter(({ page }) => !busy.has(lockOf(page)))
    .sort((a, b) => a.at - b.at);
}

/** Tell other pages that this one is sending, for as long as it does: a lock held for longer would cost the way Back. */
export function beBusy(busy: boolean): void {
  if (!busy) letGo?.();
  letGo = null;
  if (busy) void navigator.locks?.request(lockOf(PAGE), () => new Promise<void>((resolve) => (letGo = resolve)));
}

function lockOf(page: string | undefined): string {
  return `${DATABASE}-${page}`;
}

/** One change of one store; undefined where the browser has no such place, or no room in it. */
async function change(store: "files" | "notes", act: (all: IDBObjectStore) => IDBRequest): Promise<unknown> {
  try {
    const database = await open();
    const request = act(database.transaction(store, "readwrite").objectStore(store));
    return await outcome(request).finally(() => database.close());
  } catch {
    return undefined;
  }
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    for (const store of ["files", "notes"]) request.result.createObjectStore(store, { keyPath: "id" });
  };
  return outcome(request);
}

function outcome<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no place"));
  });
}
