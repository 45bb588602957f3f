// The list of files on the upload page, with its summary. The list stays short however many files there are: rows
// are made for the first ones, for those that are being worked on and for those that need the person.
import { fill, must, nextFrame } from "../page/dom";
import type { Item } from "./item";
import { Eta } from "./eta";
import type { Queue } from "./queue";
import { Row, type RowAction } from "./row";
import { duration, percent } from "./format";

const ROWS_AT_ONCE = 100;
const ROWS_A_FRAME = 20;

export class Panel {
  private readonly rows = new Map<Item, Row>();
  private readonly stale = new Set<Item>();
  private readonly list: HTMLElement;
  private readonly title = document.title;
  private limit = ROWS_AT_ONCE;
  private painting = false;
  private readonly eta = new Eta();
  private told = 0; // quarters of the way

  constructor(
    private readonly panel: HTMLElement,
    private readonly queue: () => Queue,
    private readonly act: (item: Item, what: RowAction) => void,
  ) {
    this.list = must("[data-upload-list]", panel);
    must("[data-more]", panel).addEventListener("click", () => {
      this.limit += ROWS_AT_ONCE;
      this.changed();
    });
    const smaller = must("[data-minimise]", panel);
    smaller.addEventListener("click", () => {
      const small = panel.classList.toggle("is-small");
      smaller.setAttribute("aria-expanded", String(!small));
    });
  }

  /** Something about `item` (or about the list) is new: paint it with the next frame. */
  changed(item?: Item): void {
    if (item) this.stale.add(item);
    if (this.painting) return;
    this.painting = true;
    void nextFrame().then(() => this.paint());
  }

  private paint(): void {
    this.painting = false;
    this.panel.hidden = this.queue().items.every((item) => item.state === "removed");
    this.addRows();
    for (const item of this.stale) this.rows.get(item)?.show();
    this.stale.clear();
    this.summarise();
  }

  private addRows(): void {
    const { items } = this.queue();
    const wanted = items.filter((item, index) => !this.rows.has(item) && (index < this.limit || needsPerson(item)));
    for (const item of wanted.slice(0, ROWS_A_FRAME)) {
      const row = new Row(item, this.act);
      this.rows.set(item, row);
      this.list.append(row.element);
    }
    if (wanted.length > ROWS_A_FRAME) this.changed();
    const hidden = items.length - Math.max(this.rows.size, Math.min(items.length, this.limit));
    const more = must("[data-more]", this.panel);
    more.hidden = hidden <= 0;
    fill(more, { count: hidden });
  }

  private summarise(): void {
    const counts = count(this.queue().items);
    const share = counts.bytes ? counts.sent / counts.bytes : 0;
    must<HTMLProgressElement>("[data-overall]", this.panel).value = share;
    fill(this.panel, { done: counts.done, all: counts.all, failed: counts.failed, overall: percent(share) });
    this.tellTimeLeft(counts);
    this.panel.dataset["unfinished"] = String(counts.unfinished > 0);
    this.panel.dataset["duplicates"] = String(counts.duplicates > 1);
    this.panel.dataset["failed"] = String(counts.failed > 0);
    this.panel.dataset["retry"] = String(counts.failed > counts.refused);
    document.title = counts.unfinished ? `${percent(share)} · ${this.title}` : this.title;
    const quarter = counts.unfinished ? Math.floor(share * 4) : 0;
    if (!counts.unfinished || quarter > this.told) this.announce();
    this.told = quarter;
  }

  private tellTimeLeft({ unfinished, sent, bytes }: { unfinished: number; sent: number; bytes: number }): void {
    if (!unfinished) this.eta.rest();
    const seconds = unfinished ? this.eta.secondsLeft(sent, bytes) : null;
    const place = must("[data-left]", this.panel);
    place.hidden = seconds === null;
    if (seconds !== null) fill(place, { left: duration(seconds) });
  }

  /** Say how far it is: at each quarter of the way, and once for each time that the queue comes to rest. */
  private announce(): void {
    const summary = must("[data-summary]", this.panel).innerText; // what one sees of it
    const voice = must("[data-voice]", this.panel);
    if (voice.textContent !== summary) voice.textContent = summary;
  }
}

function needsPerson(item: Item): boolean {
  return ["failed", "refused", "duplicate"].includes(item.state);
}

function count(items: Item[]) {
  const counts = { all: 0, done: 0, failed: 0, refused: 0, duplicates: 0, unfinished: 0, bytes: 0, sent: 0 };
  for (const item of items) {
    if (item.state === "cancelled" || item.state === "removed") continue;
    counts.all++;
    if (item.state === "done") counts.done++;
    if (item.state === "failed" || item.state === "refused") counts.failed++;
    if (item.state === "refused") counts.refused++;
    if (item.state === "duplicate") counts.duplicates++;
    if (item.isUnfinished) counts.unfinished++;
    counts.bytes += item.size;
    counts.sent += item.isUnfinished ? item.sent : item.size;
  }
  return counts;
}
