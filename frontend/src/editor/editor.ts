// The editor of a picture: what the form says is seen at once, since the server writes it into the picture's address;
// what is cut off is drawn as a frame on the whole picture.
import { find, fromTemplate, must } from "../page/dom";
import { atWidth, srcset, type TilePicture } from "../grid/picture";
import { signedIn } from "../page/session";
import { dragged, enhanceFrame, fitted, type Frame } from "./frame";

const PAUSE_MS = 200; // of a hand on a slider, after which the picture follows
const WIDTH = 1440;
const SIDES = ["left", "top", "width", "height"] as const;

export function enhanceEditor(form: HTMLFormElement): void {
  const stage = must("[data-stage]", form);
  const image = must<HTMLImageElement>("img", stage);
  followOutputs(form);
  const crop = find("[data-crop]", form) ? drawFrame(form, stage) : null;
  show(stage, image, stage.dataset["stage"] ?? "");
  crop?.();
  let timer = 0;
  let call = new AbortController();
  form.addEventListener("input", (event) => {
    if (find("[data-crop]", form)?.contains(event.target as Node)) return;
    clearTimeout(timer);
    timer = window.setTimeout(async () => {
      call.abort();
      call = new AbortController();
      image.ariaBusy = "true";
      const whole = await preview(form, call.signal);
      if (whole) show(stage, image, whole);
      crop?.();
      image.ariaBusy = null;
    }, PAUSE_MS);
  });
}

/** The whole picture as the form would make it, by the form's own page; null when that does not come. */
async function preview(form: HTMLFormElement, signal: AbortSignal): Promise<string | null> {
  const body = new FormData(form);
  body.set("action", "preview");
  try {
    await signedIn();
    const response = await fetch(form.getAttribute("action") ?? "", { method: "POST", body, signal });
    return /data-stage='([^']+)'/.exec(await response.text())?.[1] ?? null; // JSON, without a quote or an entity in it
  } catch {
    return null;
  }
}

/** Show a picture, written as a tile's is. */
function show(stage: HTMLElement, image: HTMLImageElement, written: string): void {
  const picture = JSON.parse(written) as TilePicture;
  if (picture.w && picture.h) {
    stage.style.setProperty("--w", String(picture.w));
    stage.style.setProperty("--h", String(picture.h));
  }
  image.srcset = srcset(picture);
  image.src = atWidth(picture, WIDTH);
}

function followOutputs(form: HTMLFormElement): void {
  form.addEventListener("input", (event) => {
    const field = event.target as HTMLInputElement;
    const output = field.type === "range" && find<HTMLOutputElement>(`output[for=${field.name}]`, form);
    if (output) output.value = field.value + (field.name === "straighten" ? "°" : "");
  });
}

/** Draw the frame, let it be moved, keep the form's numbers with it; returns what draws it anew. */
function drawFrame(form: HTMLFormElement, stage: HTMLElement): () => void {
  const place = fromTemplate("crop-frame");
  const shape = must<HTMLSelectElement>("select[name=shape]", form);
  const field = (side: string) => must<HTMLInputElement>(`input[name=${side}]`, form);
  const read = () => Object.fromEntries(SIDES.map((side) => [side, Number(field(side).value) / 100])) as unknown as Frame;
  const ratio = () => {
    const [across, down] = shape.value.split(":").map(Number);
    const style = getComputedStyle(stage);
    return across && down ? (across / down) * (Number(style.getPropertyValue("--h")) / Number(style.getPropertyValue("--w"))) : 0;
  };
  const write = (frame: Frame) => {
    for (const side of SIDES) field(side).value = String(Math.round(frame[side] * 100000) / 1000);
    draw();
  };
  const draw = () => {
    const frame = read();
    for (const side of SIDES) place.style.setProperty(`--${side}`, `${frame[side] * 100}%`);
  };
  stage.append(place);
  stage.classList.add("is-cut");
  enhanceFrame(stage, place, (x, y, dx, dy) => write(dragged(read(), x, y, dx, dy, ratio())));
  shape.addEventListener("change", () => write(fitted(shape.value ? { left: 0, top: 0, width: 1, height: 1 } : read(), ratio())));
  for (const side of SIDES) field(side).addEventListener("input", draw);
  return draw;
}
