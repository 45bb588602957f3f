// Small previews of the chosen files, decoded one at a time and only for rows that are near the window.

const SIZE = 112; // twice the 56 pixels that a row shows
const files = new WeakMap<Element, File>();
let line: Promise<void> = Promise.resolve();

/** Draw `file` on `canvas` when the person is about to see it. Files that this browser cannot read stay blank. */
export function drawWhenSeen(canvas: HTMLCanvasElement, file: File): void {
  files.set(canvas, file);
  seen.observe(canvas);
}

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    line = line.then(() => draw(target as HTMLCanvasElement)).catch(() => target.classList.add("is-blank"));
  }
});

async function draw(canvas: HTMLCanvasElement): Promise<void> {
  const file = files.get(canvas);
  if (!file || !canvas.isConnected) return;
  const bitmap = await createImageBitmap(file, { resizeHeight: SIZE, resizeQuality: "medium" });
  canvas.width = canvas.height = SIZE;
  const scale = SIZE / Math.min(bitmap.width, bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  canvas.getContext("2d")?.drawImage(bitmap, (SIZE - width) / 2, (SIZE - height) / 2, width, height);
  bitmap.close();
}
