// A stack in the viewer: its pictures in a strip below the one that is shown. Up and down step through them.
import type PhotoSwipe from "photoswipe";
import type { SlideData } from "photoswipe";
import { pictureOf } from "../grid/picture";
import { pageAt } from "./page";

type Slider = (tile: HTMLElement) => SlideData;

/** What the viewer shows at a tile: its own picture, or another one of its stack. */
export class StackStrip {
  private readonly strips = new Map<HTMLElement, HTMLElement>();
  private readonly shown = new Map<HTMLElement, HTMLElement>();
  private place: HTMLElement | undefined;

  constructor(
    private readonly viewer: PhotoSwipe,
    private readonly tiles: HTMLElement[],
    private readonly slide: Slider,
  ) {
    viewer.on("uiRegister", () => {
      viewer.ui?.registerElement({
        name: "stack",
        appendTo: "root",
        onInit: (element) => {
          this.place = element;
          for (const name of ["pointerdown", "click", "wheel"]) element.addEventListener(name, (event) => event.stopPropagation());
          viewer.on("change", () => void this.show());
        },
      });
    });
  }

  /** The tile that is shown, or the link to the picture of its stack that is shown in its place. */
  get current(): HTMLElement | undefined {
    const tile = this.tile;
    return tile && (this.shown.get(tile) ?? tile);
  }

  /** True while a picture is shown that has no tile of its own. */
  get isBehind(): boolean {
    return this.current !== this.tile;
  }

  /** Show the picture so many places further in the stack. */
  step(by: number): void {
    const at = this.links.findIndex((link) => link.getAttribute("aria-current"));
    const link = this.links[at + by];
    if (link && at >= 0) this.put(link);
  }

  /** Take the picture that is shown out of the strip, and show the tile's own again. */
  drop(): void {
    const link = this.current;
    const own = this.links.find((each) => this.isOwn(each));
    if (!this.isBehind || !own) return;
    this.put(own);
    link?.closest("li")?.remove();
  }

  private get tile(): HTMLElement | undefined {
    return this.tiles[this.viewer.currIndex];
  }

  private get links(): HTMLElement[] {
    const strip = this.tile && this.strips.get(this.tile);
    return [...(strip?.querySelectorAll<HTMLElement>("a") ?? [])];
  }

  private isOwn(link: HTMLElement): boolean {
    return !!this.tile && pictureOf(link).id === pictureOf(this.tile).id;
  }

  private async show(): Promise<void> {
    const tile = this.tile;
    this.place?.replaceChildren();
    if (!tile || (pictureOf(tile).stacked ?? 0) < 2) return;
    if (!this.strips.has(tile)) {
      const found = (await pageAt(tile.getAttribute("href") ?? ""))?.querySelector<HTMLElement>(".stack");
      if (!found || this.strips.has(tile)) return;
      const strip = document.importNode(found, true);
      strip.removeAttribute("id");
      strip.addEventListener("click", (event) => {
        const link = (event.target as Element).closest("a");
        event.preventDefault();
        if (link) this.put(link);
      });
      this.strips.set(tile, strip);
    }
    if (tile !== this.tile) return; // another picture came meanwhile
    this.place?.replaceChildren(this.strips.get(tile) as HTMLElement);
    this.links.find((link) => link.getAttribute("aria-current"))?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  private put(link: HTMLElement): void {
    const tile = this.tile;
    if (!tile) return;
    for (const other of this.links) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    if (this.isOwn(link)) this.shown.delete(tile);
    else this.shown.set(tile, link);
    const index = this.viewer.currIndex;
    (this.viewer.options.dataSource as SlideData[])[index] = { ...this.slide(link), element: tile };
    this.viewer.refreshSlideContent(index); // which tells of a change
  }
}
