// Files in a line: at most a few are sent at once, one bad file never stops the others.
import { isForGood } from "./checks";
import type { Item } from "./item";

const AT_ONCE = 3;

/** Does the work for one item; throws when it fails, and stops when `item.abort` says so. */
export type Work = (item: Item) => Promise<void>;

export class Queue {
  readonly items: Item[] = [];
  private next = 0;
  private again: Item[] = [];
  private busy = 0;

  constructor(
    private readonly work: Work,
    private readonly changed: (item: Item) => void,
  ) {}

  add(items: Item[]): void {
    this.items.push(...items);
    this.fill();
  }

  /** Stop an item, wherever it is. */
  cancel(item: Item): void {
    if (!item.isUnfinished) return;
    item.state = "cancelled";
    item.abort.abort();
    this.changed(item);
  }

  /** Send an item once more. */
  retry(item: Item): void {
    if (item.state !== "failed" && item.state !== "cancelled") return;
    Object.assign(item, { state: "waiting", reason: "", sent: 0, transfer: null, abort: new AbortController() });
    this.changed(item);
    this.again.push(item);
    this.fill();
  }

  retryFailed(): void {
    for (const item of this.items) if (item.state === "failed") this.retry(item);
  }

  cancelAll(): void {
    for (const item of this.items) this.cancel(item);
  }

  private fill(): void {
    while (this.busy < AT_ONCE) {
      const item = this.again.shift() ?? this.items[this.next++];
      if (!item) {
        this.next = this.items.length;
        return;
      }
      if (item.state === "waiting") void this.run(item);
    }
  }

  private async run(item: Item): Promise<void> {
    this.busy++;
    const { signal } = item.abort;
    try {
      await this.work(item);
    } catch (error) {
      if (!signal.aborted) {
        item.state = isForGood(error, item.address) ? "refused" : "failed";
        item.reason = (error as Error).message;
      }
    }
    this.busy--;
    this.changed(item);
    this.fill();
  }
}
