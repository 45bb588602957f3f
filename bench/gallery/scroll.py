"""Nodes and long tasks of the grid while somebody scrolls through very many pictures, at a 4 times slowed CPU."""

import io
import time
from contextlib import ExitStack

from PIL import Image

from bench.gallery.bare import bare_page
from bench.gallery.browser import chromium
from bench.gallery.million import filled
from bench.options import Options
from bench.parts.report import Report

COUNT = 100_000
SLOWED = 4
MAX_NODES = 1500
MAX_TASK_MS = 50
REST_SECONDS = 3  # for what the page loads in the beginning
SLICE = 2_000  # pixels, then the numbers are read
WATCHED = """() => {
  window.tasks = [];
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.tasks.push(entry.duration);
  }).observe({type: "longtask"});
  return {};
}"""
STRIDE = """async pixels => {
  const to = scrollY + pixels;
  let nodes = 0;
  const count = () => { nodes = Math.max(nodes, document.getElementsByTagName("*").length); };
  while (scrollY < to) {
    const before = scrollY;
    scrollBy(0, 60);
    await new Promise(requestAnimationFrame);
    setTimeout(count); // in a task of its own: what is watched here is none of the page's work
    if (scrollY === before) break;
  }
  await new Promise(resolve => setTimeout(resolve));
  document.querySelector(".endless button:not([hidden])")?.click();
  return {nodes, loaded: Number([...document.querySelectorAll("[data-told] [data-text]")].at(-1).textContent),
          done: !document.querySelector("a[rel=next]") && scrollY + innerHeight >= document.body.scrollHeight - 2};
}"""


def run(options: Options) -> None:
    """One visitor, from the first picture to the last; or as far as `--count` leads, in a gallery that is larger."""
    wanted = options.count or COUNT
    command = options.command("scroll") + f" --count {options.count}" * bool(options.count)
    report = Report("scroll", "Scrolling through very many pictures", command)
    report.about = (
        f"The grid in Chromium at 1280 x 900 with its CPU slowed {SLOWED} times, scrolled 60 pixels a frame, in a "
        f"gallery of {COUNT:,} documents. Pictures are one small JPEG each, answered by the driver. Nodes are the "
        "elements of the document; those of all kinds are what a collection leaves. A long task is what the browser "
        "reports as one (50 ms and more)."
    )
    report.header = [
        "pictures seen",
        "most elements",
        "nodes of all kinds at the end",
        "long tasks",
        "longest ms",
        "seconds",
    ]
    with ExitStack() as stack:
        gallery = filled(stack, "scroll", COUNT)
        page = stack.enter_context(bare_page(stack.enter_context(chromium()), 1280, 900))
        page.answer_images("*/image/*", _jpeg())
        page.send("Page.navigate", {"url": f"{gallery.ours.site}/gallery/"})
        time.sleep(REST_SECONDS)
        page.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        page.evaluate(f"({WATCHED})()")
        began, seen, most = time.monotonic(), 0, 0
        while seen < wanted:
            found = page.evaluate(f"({STRIDE})({SLICE})")
            seen, most = max(seen, found["loaded"]), max(most, found["nodes"])
            if found["done"]:
                break
        tasks = page.evaluate("({tasks: window.tasks})")["tasks"]
        for _ in range(2):  # what was read and thrown away is none of the page's
            time.sleep(REST_SECONDS)
            page.send("HeapProfiler.collectGarbage")
        every = page.send("Memory.getDOMCounters")["nodes"]
        longest = max(tasks, default=0)
        seconds = f"{time.monotonic() - began:.0f}"
        report.row(f"{seen:,}", f"{most:,}", f"{every:,}", len(tasks), f"{longest:.0f}", seconds)
        report.judge(f"elements: under {MAX_NODES:,}", f"{most:,}", met=most < MAX_NODES)
        report.judge(f"no task over {MAX_TASK_MS} ms", f"{longest:.0f} ms", met=longest <= MAX_TASK_MS)
    report.write()


def _jpeg() -> bytes:
    packed = io.BytesIO()
    Image.effect_noise((160, 120), 40).save(packed, "JPEG", quality=60)
    return packed.getvalue()
