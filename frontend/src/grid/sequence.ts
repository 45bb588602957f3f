// The pictures of a listing as one row of many, whatever of it stands in the page: what keys, ticks and the viewer ask.

export interface Sequence {
  /** The ids of all pictures that have come, in order. */
  ids(): string[];
  /** Tiles around one, so many on each side at most; some may stand nowhere. */
  around(tile: HTMLElement, reach: number): HTMLElement[];
  /** Tiles behind one, fetched if need be; none at the end, or when they do not come. */
  behind(tile: HTMLElement): Promise<HTMLElement[]>;
  /** Bring a picture's tile into the page; null when it has not come. */
  show(id: string): HTMLElement | null;
}

const known = new WeakMap<HTMLElement, Sequence>();

export function setSequence(grid: HTMLElement, sequence: Sequence): void {
  known.set(grid, sequence);
}

/** Null for a grid that stands in the page as a whole. */
export function sequenceOf(grid: HTMLElement): Sequence | null {
  return known.get(grid) ?? null;
}
