// What is known about the picture, beside it: the panel of its own page, fetched for each picture while it is open.
import type PhotoSwipe from "photoswipe";
import { find, fromTemplate, must } from "../page/dom";
import { pageAt } from "./page";

const CHOICE = "picturerail-panel";
const BARS = { top: 60, bottom: 80, left: 0, right: 0 };

/** Add the panel, open when it was last left so; the result opens and closes it. Neither it nor a bar lies on the picture. */
export function addPanel(viewer: PhotoSwipe): () => void {
  const panel = fromTemplate("viewer-panel");
  const place = must("[data-facts]", panel);
  const show = async () => {
    const href = String(viewer.currSlide?.data["href"] ?? "");
    if (panel.hidden || !href) return;
    const facts = (await pageAt(href))?.querySelector(".facts") ?? null;
    if (href !== viewer.currSlide?.data["href"]) return; // another picture came meanwhile
    must("[data-missing]", panel).hidden = facts !== null;
    place.replaceChildren(...(facts ? [facts.cloneNode(true)] : []));
  };
  const toggle = () => {
    panel.hidden = !panel.hidden;
    localStorage.setItem(CHOICE, panel.hidden ? "closed" : "open");
    viewer.updateSize(true);
    void show();
  };
  viewer.options.paddingFn = ({ x }) => {
    const { offsetWidth: width, offsetHeight: height } = panel; // beside the picture, on a phone below it
    return width < x ? { ...BARS, right: width } : { ...BARS, bottom: Math.max(BARS.bottom, height) };
  };
  viewer.on("afterInit", () => viewer.updateSize(true)); // it had no place in the page yet
  panel.hidden = localStorage.getItem(CHOICE) !== "open";
  find("button", panel)?.addEventListener("click", toggle);
  viewer.on("uiRegister", () => {
    viewer.ui?.registerElement({
      name: "panel",
      appendTo: "root",
      onInit: (element) => {
        element.append(panel);
        for (const name of ["pointerdown", "click", "wheel"]) element.addEventListener(name, (event) => event.stopPropagation());
        viewer.on("change", () => void show());
      },
    });
  });
  return toggle;
}
