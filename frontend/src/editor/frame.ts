// The frame that is drawn on a picture to cut it: moved and drawn by pointer and by keys, held to a shape when one is
// chosen. It counts in shares of the picture, as the form does in percent.

export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

const MIN = 0.02; // of the picture
const STEP = 0.01; // of a key

/** The largest frame of `ratio` (of its shares; 0 for any) in the middle of another. */
export function fitted(frame: Frame, ratio: number): Frame {
  if (!ratio) return frame;
  const width = Math.min(frame.width, frame.height * ratio);
  const height = Math.min(frame.height, frame.width / ratio);
  return { left: frame.left + (frame.width - width) / 2, top: frame.top + (frame.height - height) / 2, width, height };
}

/** The frame with one side or corner (`x`, `y`: -1 the near one, 1 the far one, 0 neither) dragged by a way. */
export function dragged(frame: Frame, x: number, y: number, dx: number, dy: number, ratio: number): Frame {
  if (!x && !y) {
    return { ...frame, left: within(frame.left + dx, 0, 1 - frame.width), top: within(frame.top + dy, 0, 1 - frame.height) };
  }
  const right = frame.left + frame.width;
  const bottom = frame.top + frame.height;
  const roomX = x < 0 ? right : x > 0 ? 1 - frame.left : 1;
  const roomY = y < 0 ? bottom : y > 0 ? 1 - frame.top : 1;
  let width = within(frame.width + x * dx, MIN, roomX);
  let height = within(frame.height + y * dy, MIN, roomY);
  if (ratio) {
    width = x ? width : height * ratio;
    width = Math.min(width, roomX, roomY * ratio);
    height = width / ratio;
  }
  const left = x < 0 ? right - width : x > 0 ? frame.left : within(frame.left + (frame.width - width) / 2, 0, 1 - width);
  const top = y < 0 ? bottom - height : y > 0 ? frame.top : within(frame.top + (frame.height - height) / 2, 0, 1 - height);
  return { left, top, width, height };
}

/** Let `place` (with handles that have `data-x` and `data-y`) be moved; `move` takes what becomes of a frame. */
export function enhanceFrame(stage: HTMLElement, place: HTMLElement, move: (x: number, y: number, dx: number, dy: number) => void): void {
  place.addEventListener("pointerdown", (event) => {
    const handle = event.target as HTMLElement;
    const [x, y] = [Number(handle.dataset["x"] ?? 0), Number(handle.dataset["y"] ?? 0)];
    const box = stage.getBoundingClientRect();
    let [fromX, fromY] = [event.clientX, event.clientY];
    event.preventDefault();
    place.focus();
    place.setPointerCapture(event.pointerId);
    const moved = (now: PointerEvent) => {
      move(x, y, (now.clientX - fromX) / box.width, (now.clientY - fromY) / box.height);
      [fromX, fromY] = [now.clientX, now.clientY];
    };
    place.addEventListener("pointermove", moved);
    const done = () => place.removeEventListener("pointermove", moved);
    place.addEventListener("pointerup", done, { once: true });
    place.addEventListener("pointercancel", done, { once: true });
  });
  place.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const [dx, dy] = [(way[0] ?? 0) * STEP, (way[1] ?? 0) * STEP];
    if (event.shiftKey) move(dx ? 1 : 0, dy ? 1 : 0, dx, dy);
    else move(0, 0, dx, dy);
  });
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most));
}
