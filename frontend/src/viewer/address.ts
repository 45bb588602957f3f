// The viewer's place in the browser's history: one step deep, and at the address of the picture that is shown.

import { pictureOf } from "../grid/picture";

export class Address {
  private constructor(
    private readonly title = document.title,
    private left = false,
  ) {}

  /** A new step in the history, at the picture's own address. */
  static enter(tile: HTMLElement): Address {
    history.pushState(state(tile), "", href(tile));
    return new Address();
  }

  /** The browser is already there (it went forward). */
  static resume(): Address {
    return new Address();
  }

  /** Another picture is shown, of the tile or in its place: same step, its address. */
  moveTo(tile: HTMLElement, shown: HTMLElement): void {
    if (this.left) return;
    history.replaceState(state(tile), "", href(shown));
    document.title = pictureOf(shown).alt || document.title;
  }

  /** The viewer closes: back to the grid's own address, unless Back itself closed it. */
  leave(): void {
    if (!this.left) history.back();
    this.left = true;
    document.title = this.title;
  }

  /** Call `close` when the person goes back. */
  onBack(close: () => void): void {
    const back = () => {
      removeEventListener("popstate", back);
      if (this.left) return;
      this.left = true;
      document.title = this.title;
      close();
    };
    addEventListener("popstate", back);
  }
}

function href(tile: HTMLElement): string {
  return tile.getAttribute("href") ?? "";
}

function state(tile: HTMLElement): { viewer: string } {
  return { viewer: tile.id.slice(1) };
}
