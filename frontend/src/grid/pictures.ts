// How tiles come to their pictures: a blurred preview until the bytes are there, a fade when they are, and patient
// retries when they do not come (a derived picture may still be in the making, which the server answers with 429).
import { thumbHashToRGBA } from "thumbhash";

const RETRY_AFTER_MS = [1000, 4000, 10000];
const tries = new WeakMap<HTMLImageElement, number>();

const FRAMES = ".tile, .stage, .hung-picture";

addEventListener("tile", (event) => enhancePictures((event as CustomEvent<HTMLElement>).detail));

/** Care for every picture of the page, or of one tile that comes later. */
export function enhancePictures(within: ParentNode = document): void {
  for (const image of within.querySelectorAll<HTMLImageElement>(`:is(${FRAMES}) img`)) {
    if (image.complete && image.naturalWidth) continue;
    image.addEventListener("load", () => arrived(image));
    image.addEventListener("error", () => failed(image));
    if (image.complete && image.currentSrc) failed(image);
    else waiting.observe(image);
  }
}

// Only pictures near the window are worth a preview: decoding sixty at once would hold the page up.
const waiting = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      waiting.unobserve(target);
      const image = target as HTMLImageElement;
      if (!image.complete) preview(image);
    }
  },
  { rootMargin: "50%" },
);

function preview(image: HTMLImageElement): void {
  image.classList.add("is-coming");
  const hash = image.dataset["thumbhash"];
  if (hash) image.before(previewCanvas(hash));
}

function previewCanvas(hash: string): HTMLCanvasElement {
  const bytes = Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0));
  const { w, h, rgba } = thumbHashToRGBA(bytes);
  const canvas = document.createElement("canvas");
  canvas.width = w;
  canvas.height = h;
  canvas.className = "preview";
  canvas.getContext("2d")?.putImageData(new ImageData(new Uint8ClampedArray(rgba), w, h), 0, 0);
  return canvas;
}

function arrived(image: HTMLImageElement): void {
  tries.delete(image);
  frame(image)?.classList.remove("is-broken");
  image.classList.remove("is-coming");
  const canvas = image.previousElementSibling;
  if (canvas?.matches(".preview")) setTimeout(() => canvas.remove(), 600); // after the fade
}

function failed(image: HTMLImageElement): void {
  const count = tries.get(image) ?? 0;
  tries.set(image, count + 1);
  const wait = RETRY_AFTER_MS[count];
  if (!wait) frame(image)?.classList.add("is-broken");
  else setTimeout(() => load(image), wait * (0.75 + Math.random() / 2));
}

function load(image: HTMLImageElement): void {
  image.loading = "eager";
  if (image.srcset) image.srcset = `${image.srcset}`;
  else image.src = `${image.src}`;
}

function frame(image: HTMLImageElement): HTMLElement | null {
  return image.closest<HTMLElement>(FRAMES);
}
