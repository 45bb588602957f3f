// Justified rows by arithmetic, for pictures that are not laid out: how many fit into a row, and how high it is.

/** A picture of the listing that need not stand in the page. */
export interface GridItem {
  id: string;
  /**
   * The tile as the server wrote it, or as it was when it was taken out. A text: elements of all that has come, and the
   * documents in which they were read, are what a browser looks through whenever it tidies up.
   */
  kept: string;
  /** The custom properties by which the tile holds its place. */
  style: string;
  /** Width over height, as far as the stylesheet heeds it. */
  ratio: number;
  /** The tile itself while somebody holds it: it stands in the page, or the viewer shows it. */
  tile?: HTMLElement | undefined;
}

export interface GridRow {
  items: GridItem[];
  /** Pixels, with the gap below. */
  height: number;
}

/** Pixels: the grid's width, the height that rows are made for, and the gap between pictures. */
export interface Measures {
  width: number;
  row: number;
  gap: number;
}

const MAX_GROWTH = 1.9; // of a tile beyond its row's height, as in the stylesheet

/** `items` in rows that are as full as each other, so that none of them ends ragged, or stretched. */
export function evenRows(items: GridItem[], measures: Measures): GridRow[] {
  const { width, gap } = measures;
  const basis = (item: GridItem) => item.ratio * measures.row + gap;
  const rows: GridRow[] = [];
  let rest = items.reduce((sum, item) => sum + basis(item), 0);
  for (let at = 0; at < items.length; ) {
    const share = rest / Math.ceil(rest / (width + gap));
    let end = at;
    let used = 0;
    for (; end < items.length; end++) {
      const next = basis(items[end] as GridItem);
      if (end > at && (used + next > width + gap || used + next / 2 > share)) break;
      used += next;
    }
    const row = items.slice(at, end);
    rows.push({ items: row, height: heightOf(row, measures) });
    rest -= used;
    at = end;
  }
  return rows;
}

export function totalHeight(rows: GridRow[]): number {
  return rows.reduce((sum, row) => sum + row.height, 0);
}

function heightOf(row: GridItem[], { width, row: usual, gap }: Measures): number {
  const ratios = row.reduce((sum, item) => sum + item.ratio, 0);
  return Math.min((width - gap * (row.length - 1)) / ratios, MAX_GROWTH * usual) + gap;
}
