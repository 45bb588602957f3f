"""Moving HEIC and AVIF: which bytes are frames. Tracks of sound and of words (where it was, second by second) go."""

from collections.abc import Iterator

from picturerail.gallery.metadata.boxes import Box, boxes, free, inside
from picturerail.gallery.metadata.pieces import Budget, Patches, Unreadable, number

SHOWN = (b"pict", b"vide", b"auxv")  # frames, and how transparent they are
SILENT = (b"udta", b"meta", b"uuid", b"free", b"skip")
MAX_DEPTH = 8  # of tracks in tracks


def clear(data: memoryview, box: Box, patches: Patches, budget: Budget, depth: int = 0) -> bool:
    """Free what a sequence says about itself and each of its tracks; whether all its frames are found and kept."""
    if depth > MAX_DEPTH:
        raise Unreadable("This HEIC has boxes in boxes without end.")
    is_plain = True
    for inner in boxes(data, box.start, box.end, budget):
        if inner.kind in SILENT:
            free(inner, patches)
        elif inner.kind == b"trak":
            media = inside(data, inner.start, inner.end, b"mdia", budget)
            if media and _handler(data, media, budget) not in SHOWN:
                free(inner, patches)
                continue
            is_plain &= media is not None and _keep_frames(data, media, patches, budget)
            is_plain &= clear(data, inner, patches, budget, depth + 1)
    return is_plain


def _handler(data: memoryview, media: Box, budget: Budget) -> bytes:
    hdlr = inside(data, media.start, media.end, b"hdlr", budget)
    return bytes(data[hdlr.start + 8 : hdlr.start + 12]) if hdlr else b""


def _keep_frames(data: memoryview, media: Box, patches: Patches, budget: Budget) -> bool:
    """Say where the frames of a track lie; False where that is told in another way than we read."""
    minf = inside(data, media.start, media.end, b"minf", budget)
    stbl = minf and inside(data, minf.start, minf.end, b"stbl", budget)
    tables = {box.kind: box for box in boxes(data, stbl.start, stbl.end, budget)} if stbl else {}
    wide = b"co64" in tables
    places = tables.get(b"co64") or tables.get(b"stco")
    if places is None or b"stsz" not in tables or b"stsc" not in tables:
        return False
    starts = _numbers(data, places, 4, 8 if wide else 4, budget)
    sizes = iter(_sizes(data, tables[b"stsz"], budget))
    for start, count in zip(starts, _counts(data, tables[b"stsc"], len(starts), budget), strict=True):
        patches.keep(start, sum(size for size, _ in zip(sizes, range(count), strict=False)))
    return next(sizes, None) is None


def _counts(data: memoryview, stsc: Box, chunks: int, budget: Budget) -> Iterator[int]:
    """How many frames each chunk has: a table of (first chunk, frames in each from there on, how they are coded)."""
    flat = _numbers(data, stsc, 4, 4, budget, across=3)
    runs = dict(zip(flat[::3], flat[1::3], strict=True))
    count = 0
    for chunk in range(1, chunks + 1):
        count = runs.get(chunk, count)
        yield count


def _sizes(data: memoryview, stsz: Box, budget: Budget) -> list[int]:
    same, count = number(data, stsz.start + 4, 4), number(data, stsz.start + 8, 4)
    if not same:
        return _numbers(data, stsz, 8, 4, budget)
    budget.spend(count)
    return [same] * count


def _numbers(  # noqa: PLR0917
    data: memoryview, box: Box, at: int, size: int, budget: Budget, across: int = 1
) -> list[int]:
    """The numbers of a table, whose count stands at `at`."""
    count = across * number(data, box.start + at, 4)
    budget.spend(count)
    first = box.start + at + 4
    return [number(data, first + size * index, size) for index in range(count)]
