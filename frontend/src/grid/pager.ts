// A listing goes on only for who does something with it: until then the page needs no more than it came with.

const SIGNS = ["scroll", "wheel", "keydown", "pointerdown", "pointermove"];

/** Load what lets a listing go on when it is needed: at once, where somebody comes back to a place. */
export async function enhancePager(pager: HTMLElement): Promise<void> {
  if (!history.state && !scrollY) await sign();
  const module = await import("./endless").catch(() => null); // without it the pager is left, and leads on
  module?.enhanceEndless(pager);
}

function sign(): Promise<unknown> {
  return new Promise((resolve) => {
    for (const name of SIGNS) addEventListener(name, resolve, { once: true, passive: true });
  });
}
