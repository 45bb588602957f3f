// The viewer's own furniture: a dialog that says what it is, a caption, links to page and download.
import type PhotoSwipe from "photoswipe";
import { fill, fromTemplate } from "../page/dom";

/** Tell screen readers that this is a dialog, and which picture of how many is shown. */
export function addVoice(viewer: PhotoSwipe): void {
  viewer.on("bindEvents", () => {
    viewer.element?.setAttribute("aria-modal", "true");
    viewer.element?.setAttribute("aria-label", fromTemplate("viewer-voice").dataset["name"] ?? "");
    viewer.element?.focus(); // PhotoSwipe leaves it on the tile when a mouse opened it
    viewer.element?.addEventListener("keydown", goRound);
  });
  viewer.on("uiRegister", () => {
    viewer.ui?.registerElement({
      name: "voice",
      appendTo: "root",
      onInit: (place) => {
        const voice = fromTemplate("viewer-voice");
        place.className = "visually-hidden";
        place.append(voice);
        viewer.on("change", () => {
          const texts = { position: viewer.currIndex + 1, total: viewer.getNumItems(), description: altOf(viewer) };
          fill(voice, texts);
        });
      },
    });
  });
}

/** Tab goes from the last place to the first, and back: never to what lies under the dialog, or to nothing. */
function goRound(event: KeyboardEvent): void {
  if (event.key !== "Tab") return;
  const dialog = event.currentTarget as HTMLElement;
  const places = [...dialog.querySelectorAll<HTMLElement>("a[href], button:enabled, input")].filter(
    (place) => place.tabIndex >= 0 && place.checkVisibility({ visibilityProperty: true }),
  );
  const [first, last] = [places[0], places.at(-1)];
  const at = document.activeElement;
  const isAtEnd = event.shiftKey ? at === first || at === dialog : at === last;
  if (!isAtEnd) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}

export function addCaption(viewer: PhotoSwipe): void {
  viewer.on("uiRegister", () => {
    viewer.ui?.registerElement({
      name: "caption",
      appendTo: "root",
      onInit: (place) => {
        place.dir = "auto";
        viewer.on("change", () => {
          place.scrollTop = 0;
          place.textContent = altOf(viewer);
        });
      },
    });
  });
}

/** A link to the picture's own page: `location` is already there, so following it loads the page. */
export function addLinks(viewer: PhotoSwipe): void {
  viewer.on("uiRegister", () => {
    viewer.ui?.registerElement({
      name: "page-link",
      order: 8,
      appendTo: "bar",
      onInit: (place) => {
        const link = fromTemplate<HTMLAnchorElement>("viewer-page");
        place.append(link);
        viewer.on("change", () => {
          link.href = String(viewer.currSlide?.data["href"] ?? "");
        });
      },
    });
  });
}

function altOf(viewer: PhotoSwipe): string {
  return viewer.currSlide?.data.alt ?? "";
}

/** Let a picture grow out of its tile from where the tile crops it: around its focal point, where it has one. */
export function growFromFocus(viewer: PhotoSwipe): void {
  viewer.addFilter("thumbBounds", (bounds, data) => {
    if (!bounds?.innerRect || !data.element) return bounds as NonNullable<typeof bounds>;
    const { x: beyondX, y: beyondY } = bounds.innerRect; // half of what is cropped off, as from the middle
    const x = beyondX * aside(data.element, "--fx");
    const y = beyondY * aside(data.element, "--fy");
    const innerRect = { ...bounds.innerRect, x: beyondX + x, y: beyondY + y };
    return { ...bounds, x: bounds.x + x, y: bounds.y + y, innerRect };
  });
}

/** How far beside the middle a stylesheet's percentage lies: -1 to 1. */
function aside(element: HTMLElement, name: string): number {
  const percent = parseFloat(getComputedStyle(element).getPropertyValue(name));
  return Number.isNaN(percent) ? 0 : percent / 50 - 1;
}
