"""Pictures that begin with nothing: a transparent pixel, on which layers are put."""

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

from picturerail.media.service import Media
from picturerail.spool import Spooled, SpoolWriter, hash_file, too_large
from picturerail.transform.grammar import Transformation
from picturerail.transform.plan import Context, LayerAsset, Output, make_plan
from picturerail.transform.probe import SourceInfo

PIXEL = SourceInfo("png", 1, 1, has_alpha=True, bands=4)


def painted(
    media: Media,
    transformation: Transformation,
    image_format: str = "png",
    layers: Mapping[str, tuple[SourceInfo, Path]] | None = None,
    name: str = "",
) -> Spooled:
    """What `transformation` makes of nothing, in the spool; its layers are files, by their names."""
    given = layers or {}
    context = Context(layer=lambda _, layer: LayerAsset(given[layer][0], layer))
    plan = make_plan(transformation, PIXEL, Output(image_format), context)
    files = {layer: path for layer, (_, path) in given.items()}
    with SpoolWriter(media.spool, 10_000, too_large) as writer:
        writer.write(_transparent_pixel())
        pixel = writer.finish()
    target = pixel.path.with_suffix(f".{image_format}")
    try:
        media.images.render(pixel.path, plan, target, media.limits, files)
        return hash_file(target, name)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    finally:
        pixel.path.unlink(missing_ok=True)


def _transparent_pixel() -> bytes:
    """A PNG file of one pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(5))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
