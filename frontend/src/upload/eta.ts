// How long it will still take, from what was sent in the last seconds.

const SPAN_MS = 20_000;
const LEAST_MS = 3_000; // before, a guess would jump about

export class Eta {
  private marks: { at: number; sent: number }[] = [];

  /** So many bytes are sent by now; seconds that the rest will take at this pace, null while nobody can tell. */
  secondsLeft(sent: number, all: number, at = performance.now()): number | null {
    if (this.marks.length && sent < (this.marks.at(-1)?.sent ?? 0)) this.marks = []; // something was taken back
    if (at - (this.marks.at(-1)?.at ?? -Infinity) > 250) this.marks.push({ at, sent });
    while (this.marks.length > 2 && at - (this.marks[0]?.at ?? at) > SPAN_MS) this.marks.shift();
    const first = this.marks[0];
    if (!first || at - first.at < LEAST_MS || sent <= first.sent) return null;
    return ((all - sent) * (at - first.at)) / (sent - first.sent) / 1000;
  }

  /** Nothing is being sent: the next guess begins anew. */
  rest(): void {
    this.marks = [];
  }
}
