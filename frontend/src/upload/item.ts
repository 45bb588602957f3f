// One file on its way into the gallery, and the states that it can be in.
import type { DuplicateProblem, PublicPicture, UploadPermit } from "../api";
import { folderOf } from "./folders";

export type State = "waiting" | "sending" | "fetching" | "paused" | "processing" | "done" | "duplicate" | "failed" | "refused" | "cancelled" | "removed";

/** How far the bytes of a file have come, and the permit under which they go. */
export interface TransferState {
  signed: UploadPermit;
  /** When the permit was given, in milliseconds since 1970. */
  at: number;
  uploadId: string;
  /** Bytes of whole parts that the media service has. */
  arrived: number;
}

const USUAL_BYTES = 4_000_000;

export class Item {
  state: State = "waiting";
  description = "";
  /** The description that the gallery has. */
  saved = "";
  /** The tags that it has with others, once it is registered or goes on; null for those that the page has for all. */
  tags: string[] | null = null;
  /** Tags of its own beside these, as they were written. */
  ownTags = "";
  /** An album of its own; "" for the one that the page, or its folder, has for it. */
  ownAlbum = "";
  /** The album in which it hangs. */
  hung = "";
  /** The folder that it came with, and those above it; "" for a file by itself. */
  folder: string;
  transfer: TransferState | null = null;
  /** Bytes that the media service has. */
  sent = 0;
  /** Why it failed or was refused, in words for a person. */
  reason = "";
  picture: PublicPicture | null = null;
  duplicate: DuplicateProblem | null = null;
  abort = new AbortController();
  /** When no try to fetch it from its address goes on any more. */
  fetched: Promise<unknown> = Promise.resolve();

  /** `address`: where the media service fetches it; then `file` has only a name, for its bytes never come here. */
  constructor(
    readonly file: File,
    readonly id = newId(),
    readonly address = "",
  ) {
    this.folder = folderOf(file);
  }

  /** What the person knows it by. */
  get name(): string {
    return this.file.name;
  }

  /** Its bytes; of one that lies elsewhere nobody knows them, and a bar needs some. */
  get size(): number {
    return this.address ? USUAL_BYTES : this.file.size;
  }

  /** True while it is on its way. */
  get isUnfinished(): boolean {
    return ["waiting", "sending", "fetching", "paused", "processing"].includes(this.state);
  }

  /** True while leaving the page would lose something: a file, or words about it. */
  get wouldBeLost(): boolean {
    return this.isUnfinished || (this.state === "done" && this.description !== this.saved);
  }

  /** True when it needs nothing more from anybody. */
  get isSettled(): boolean {
    return !this.isUnfinished && this.state !== "duplicate";
  }
}

/** A name that no other has; pages without TLS have no `randomUUID`. */
export function newId(): string {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
}
