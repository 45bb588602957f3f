// Buttons for what keys do in the viewer, for whoever has none: each is named by its key in the page's template.
import type PhotoSwipe from "photoswipe";
import { fromTemplate } from "../page/dom";

type Actions = Record<string, () => unknown>;
type States = Record<string, () => boolean>;

/** Add the buttons; the result shows again which of them are on. */
export function addTools(viewer: PhotoSwipe, actions: Actions, states: States): () => void {
  const bar = fromTemplate("viewer-tools");
  const buttons = [...bar.querySelectorAll<HTMLButtonElement>("[data-key]")];
  const refresh = () => {
    for (const button of buttons) button.ariaPressed = String(states[button.dataset["key"] ?? ""]?.() ?? false);
  };
  for (const button of buttons) {
    button.addEventListener("pointerdown", (event) => event.stopPropagation()); // a touch of the picture ends a show
    button.addEventListener("click", async () => {
      await actions[button.dataset["key"] ?? ""]?.();
      refresh();
    });
  }
  viewer.on("uiRegister", () => {
    viewer.ui?.registerElement({ name: "tools", order: 7, appendTo: "bar", onInit: (place) => place.append(bar) });
    viewer.on("change", refresh);
  });
  return refresh;
}
