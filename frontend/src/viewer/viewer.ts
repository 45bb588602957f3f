// The viewer over the grid: PhotoSwipe, with what it lacks for keyboards, screen readers and addresses.
import PhotoSwipe, { type PhotoSwipeOptions, type SlideData } from "photoswipe";
import { savesData } from "../page/connection";
import { fromTemplate } from "../page/dom";
import { tilesOf, rove } from "../grid/keys";
import { atWidth, pictureOf, srcset } from "../grid/picture";
import { toggleFavourite } from "../grid/favourite";
import { sequenceOf } from "../grid/sequence";
import { trash } from "../grid/trash";
import { listKeys, shortcutsOn } from "../page/shortcuts";
import { isSignedIn } from "../page/session";
import { Address } from "./address";
import { hideWhenIdle, slideShow } from "./calm";
import { goFurther } from "./further";
import { addPanel } from "./panel";
import { addCaption, addLinks, addVoice, growFromFocus } from "./parts";
import { StackStrip } from "./stack";
import { sizesAt } from "./page";
import { addTools } from "./tools";

const WITHOUT_SRCSET = 1440;
const REACH = 120; // pictures on each side that the viewer knows at once
const GOES_ON = [" ", "<", ">", "Shift", "i", "Enter"]; // keys that do not end a slide show; Enter presses its button

interface Pointer {
  x: number;
  y: number;
}

/** Open the viewer at `tile`, as a new step in the browser's history. */
export function openViewer(grid: HTMLElement, tile: HTMLElement, pointer: Pointer): void {
  const byMouse = pointer.x || pointer.y;
  show(grid, tile, Address.enter(tile), byMouse ? { initialPointerPos: pointer } : {});
}

/** Open the viewer at `tile` when the browser has already gone to its address. */
export function reopenViewer(grid: HTMLElement, tile: HTMLElement): void {
  show(grid, tile, Address.resume(), {});
}

function show(grid: HTMLElement, tile: HTMLElement, address: Address, more: PhotoSwipeOptions): void {
  const tiles = (sequenceOf(grid)?.around(tile, REACH) ?? tilesOf(grid)).filter((each) => each.dataset["picture"]);
  const viewer = new PhotoSwipe({
    dataSource: tiles.map(slide),
    index: tiles.indexOf(tile),
    loop: false,
    preload: savesData() ? [0, 0] : [1, 2],
    bgOpacity: 1,
    wheelToZoom: true,
    returnFocus: false, // it goes to the last picture seen, not to the first
    secondaryZoomLevel: ({ fit }) => Math.max(1, fit * 2), // small pictures can be zoomed too
    maxZoomLevel: 4,
    showAnimationDuration: 220, // keys are heard when it ends
    errorMsg: "",
    ...more,
  });
  goFurther(viewer, grid, tiles, (further) => {
    tiles.push(...further);
    (viewer.options.dataSource as SlideData[]).push(...further.map(slide));
    viewer.dispatch("change"); // the count is another
  });
  addVoice(viewer);
  addCaption(viewer);
  addLinks(viewer);
  growFromFocus(viewer);
  offerRetry(viewer);
  hideWhenIdle(viewer);
  const stack = new StackStrip(viewer, tiles, slide);
  bindKeys(viewer, tiles, stack, addPanel(viewer));
  viewer.on("change", () => {
    const current = tiles[viewer.currIndex];
    if (current) address.moveTo(current, stack.current ?? current);
  });
  viewer.on("close", () => {
    bringIn(grid, tiles[viewer.currIndex]);
    address.leave();
  });
  viewer.on("destroy", () => returnTo(bringIn(grid, tiles[viewer.currIndex])));
  address.onBack(() => viewer.close());
  viewer.init();
}

/** The tile of a picture on the wall again, which it may have left while the viewer went on. */
function bringIn(grid: HTMLElement, tile: HTMLElement | undefined): HTMLElement | undefined {
  return (tile && sequenceOf(grid)?.show(pictureOf(tile).id)) ?? tile;
}

function slide(tile: HTMLElement): SlideData {
  const picture = pictureOf(tile);
  const image = tile.querySelector("img");
  const data: SlideData = {
    src: atWidth(picture, WITHOUT_SRCSET),
    alt: picture.alt,
    width: picture.w || image?.naturalWidth || 1600,
    height: picture.h || image?.naturalHeight || 1200,
  };
  if (picture.widths.length) data.srcset = srcset(picture);
  if (image?.complete && image.naturalWidth) data.msrc = image.currentSrc;
  return { ...data, element: tile, thumbCropped: true, href: tile.getAttribute("href") };
}

/** The tile of the last picture seen gets the focus, and the page shows it. */
function returnTo(tile: HTMLElement | undefined): void {
  if (!tile?.isConnected) return;
  rove(tile);
  tile.focus({ preventScroll: true });
  tile.scrollIntoView({ block: "nearest" });
}

function offerRetry(viewer: PhotoSwipe): void {
  viewer.addFilter("contentErrorElement", (_, content) => {
    const message = fromTemplate("viewer-broken");
    message.querySelector("button")?.addEventListener("click", async () => {
      Object.assign(content.data, await sizesAt(String(content.data["href"])));
      content.slide?.container.replaceChildren();
      viewer.refreshSlideContent(content.index);
    });
    return message;
  });
}

/** Show the next picture in place of this one, which leaves the row; close when it was the last. */
function takeOut(viewer: PhotoSwipe, tiles: HTMLElement[]): void {
  const slides = viewer.options.dataSource as SlideData[];
  const index = viewer.currIndex;
  if (slides.length === 1) viewer.close();
  else if (index === slides.length - 1) viewer.goTo(index - 1);
  slides.splice(index, 1);
  tiles.splice(index, 1);
  if (!slides.length) return;
  viewer.contentLoader.destroy(); // it knows pictures by their numbers, which are others now
  for (const near of [index - 1, index, index + 1]) if (slides[near]) viewer.refreshSlideContent(near);
}

function bindKeys(viewer: PhotoSwipe, tiles: HTMLElement[], stack: StackStrip, togglePanel: () => void): void {
  const show = slideShow(viewer);
  const keys: Record<string, () => unknown> = {
    Home: () => viewer.goTo(0),
    End: () => viewer.goTo(tiles.length - 1),
    f: async () => {
      if (stack.current && isSignedIn()) await toggleFavourite(stack.current);
    },
    " ": show.toggle,
    l: () => void (document.fullscreenElement ? document.exitFullscreen() : viewer.element?.requestFullscreen()),
    "<": show.slower,
    ">": show.faster,
    i: togglePanel,
    "?": listKeys,
    o: () => viewer.element?.querySelector<HTMLAnchorElement>("[data-viewer-page]")?.click(),
    ArrowUp: () => stack.step(-1),
    ArrowDown: () => stack.step(1),
    Delete: () => {
      const tile = stack.current;
      if (!tile || !document.querySelector("[data-can-change]")) return;
      if (stack.isBehind) stack.drop();
      else takeOut(viewer, tiles);
      void trash(tile);
    },
  };
  const refresh = addTools(viewer, keys, {
    f: () => stack.current?.classList.contains("is-favourite") ?? false,
    " ": () => viewer.element?.classList.contains("is-showing") ?? false,
    i: () => Boolean(viewer.element?.querySelector(".viewer-panel:not([hidden])")),
  });
  viewer.on("keydown", async (dispatched) => {
    const { originalEvent: event } = dispatched;
    const isLetter = event.key.trim().length === 1 && event.key !== "?";
    // The list of keys lies above, or single ones are switched off.
    if (document.querySelector("dialog[open]") || (isLetter && !shortcutsOn())) return dispatched.preventDefault();
    const action = keys[event.key];
    const onButton = event.key === " " && (event.target as Element | null)?.closest("button, a");
    if (!GOES_ON.includes(event.key)) show.stop();
    const shown = viewer.currSlide;
    const isZoomed = (shown?.currZoomLevel ?? 0) > (shown?.zoomLevels.fit ?? 0);
    const pans = isZoomed && event.key.startsWith("Arrow");
    viewer.options.arrowKeys = !isZoomed || shown?.bounds.min.x === shown?.bounds.max.x; // else left and right pan, too
    if (!action || pans || onButton || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    await action();
    refresh();
  });
}
