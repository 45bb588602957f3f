"""Camera raw pictures by script, since those of cameras have owners: a DNG that can be developed, and heads of others.

A DNG is a TIFF (Adobe's DNG 1.7): a small preview in the first directory, the mosaic of red, green and blue points in
a directory below it, EXIF and place beside it. What is written here is linear, with the primaries of sRGB.
"""

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Tag: TypeAlias = tuple[int, int, Any]  # number, type, values

BYTE, ASCII, SHORT, LONG, RATIONAL, SRATIONAL = 1, 2, 3, 4, 5, 10
WHITE = 60_000
UNKNOWN_PACKING = 52_546  # JPEG XL, which LibRaw does not read by itself
_TO_SRGB = (32406, -15372, -4986, -9689, 18758, 415, 557, -2040, 10570)
_CODES = {BYTE: "B", SHORT: "H", LONG: "I"}
_MAIN, _EXIF, _PLACE, _MOSAIC, _PREVIEW = 8, 1024, 1536, 2048, 4096

CAMERA: tuple[Tag, ...] = (
    (33434, RATIONAL, [(1, 60)]),
    (33437, RATIONAL, [(28, 10)]),
    (34855, SHORT, [200]),
    (36867, ASCII, b"2024:05:06 07:08:09\0"),
    (37386, RATIONAL, [(50, 1)]),
    (42036, ASCII, b"Summar 50\0"),
)
PLACE: tuple[Tag, ...] = (
    (1, ASCII, b"N\0"),
    (2, RATIONAL, [(52, 1), (30, 1), (1, 1)]),
    (3, ASCII, b"E\0"),
    (4, RATIONAL, [(13, 1), (24, 1), (2, 1)]),
)


@dataclass(frozen=True)
class Dng:
    """A DNG of a picture; `preview` is what the camera shows of it, none with None."""

    picture: Image.Image
    preview: Image.Image | None = None
    orientation: int = 1
    packing: int = 1
    maker: bytes = b"Leitz\0"
    linear: bool = (
        False  # all three colours of each point, as programs write that join or clean several shots
    )

    def content(self) -> bytes:
        jpeg = _jpeg(self.preview) if self.preview else b""
        at = (_PREVIEW + len(jpeg) + 15) // 16 * 16
        mosaic = light_of(self.picture).tobytes() if self.linear else mosaic_of(self.picture)
        out = bytearray(at + len(mosaic))
        out[:8] = struct.pack("<2sHI", b"II", 42, _MAIN)
        for place, tags in (
            (_MAIN, self._main(len(jpeg))),
            (_EXIF, CAMERA),
            (_PLACE, PLACE),
            (_MOSAIC, self._below(at, len(mosaic))),
        ):
            listed = directory(tags, place)
            out[place : place + len(listed)] = listed
        out[_PREVIEW : _PREVIEW + len(jpeg)] = jpeg
        out[at:] = mosaic
        return bytes(out)

    def put(self, path: Path) -> Path:
        """Write it."""
        path.write_bytes(self.content())
        return path

    def _main(self, preview: int) -> list[Tag]:
        tags: list[Tag] = [
            (254, LONG, [1]),
            (271, ASCII, self.maker),
            (272, ASCII, b"M 1\0"),
            (274, SHORT, [self.orientation]),
            (330, LONG, [_MOSAIC]),
            (315, ASCII, b"Ilse\0"),
            (34665, LONG, [_EXIF]),
            (34853, LONG, [_PLACE]),
            (50706, BYTE, [1, 4, 0, 0]),
            (50708, ASCII, b"Leitz M 1\0"),
            (50721, SRATIONAL, [(value, 10_000) for value in _TO_SRGB]),
            (50728, RATIONAL, [(1, 1)] * 3),
            (50778, SHORT, [21]),
        ]
        if self.preview:
            width, height = self.preview.size
            tags += [
                (256, LONG, [width]), (257, LONG, [height]), (258, SHORT, [8, 8, 8]), (259, SHORT, [7]),
                (262, SHORT, [6]), (273, LONG, [_PREVIEW]), (277, SHORT, [3]), (278, LONG, [height]),
                (279, LONG, [preview]), (284, SHORT, [1]),
            ]  # fmt: skip
        return tags

    def _below(self, at: int, length: int) -> list[Tag]:
        width, height = self.picture.size
        if self.linear:
            return [
                (254, LONG, [0]), (256, LONG, [width]), (257, LONG, [height]), (258, SHORT, [16, 16, 16]),
                (259, SHORT, [self.packing]), (262, SHORT, [34892]), (273, LONG, [at]), (277, SHORT, [3]),
                (278, LONG, [height]), (279, LONG, [length]), (284, SHORT, [1]), (50717, LONG, [WHITE] * 3),
            ]  # fmt: skip
        return [
            (254, LONG, [0]), (256, LONG, [width]), (257, LONG, [height]), (258, SHORT, [16]),
            (259, SHORT, [self.packing]), (262, SHORT, [32803]), (273, LONG, [at]), (277, SHORT, [1]),
            (278, LONG, [height]), (279, LONG, [length]), (284, SHORT, [1]), (33421, SHORT, [2, 2]),
            (33422, BYTE, [0, 1, 1, 2]), (50714, SHORT, [0]), (50717, LONG, [WHITE]),
        ]  # fmt: skip


def light_of(picture: Image.Image) -> NDArray[Any]:
    """The light of each point, in 16 bits for each of three colours."""
    return ((np.asarray(picture.convert("RGB")) / 255.0) ** 2.2 * WHITE).astype("<u2")


def mosaic_of(picture: Image.Image) -> bytes:
    """What a sensor with red, green, green and blue points sees of it."""
    light = light_of(picture)
    seen = light[..., 1].copy()
    seen[0::2, 0::2], seen[1::2, 1::2] = light[0::2, 0::2, 0], light[1::2, 1::2, 2]
    return seen.tobytes()


def directory(tags: Sequence[Tag], at: int, order: str = "<") -> bytes:
    """A directory of a TIFF that will stand at a place, with its values behind it."""
    head, more = struct.pack(f"{order}H", len(tags)), b""
    behind = at + 2 + 12 * len(tags) + 4
    for number, kind, values in sorted(tags, key=lambda tag: tag[0]):
        content = _values(kind, values, order)
        place = content.ljust(4, b"\0")
        if len(content) > 4:
            place = struct.pack(f"{order}I", behind + len(more))
            more += content + bytes(len(content) % 2)
        head += struct.pack(f"{order}HHI", number, kind, len(values)) + place
    return head + bytes(4) + more


def tiff(tags: Sequence[Tag], order: str = "<", head: bytes = b"", at: int = 8) -> bytes:
    """A file with one directory; `head` stands in place of the first eight bytes and what follows."""
    mark = {"<": b"II*\0", ">": b"MM\0*"}[order]
    head = head or mark + struct.pack(f"{order}I", at)
    return head.ljust(at, b"\0") + directory(tags, at, order)


def maker_files() -> dict[str, bytes]:
    """Files that begin as those of each maker do; none can be developed."""
    preview: list[Tag] = [(254, LONG, [1]), (330, LONG, [400]), (256, LONG, [160]), (257, LONG, [120])]
    return {
        "cr2": tiff([(271, ASCII, b"Canon\0")], head=b"II*\0\x10\0\0\0CR\x02\0", at=16),
        "cr3": b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom" + bytes(40),
        "nef": tiff([*preview, (271, ASCII, b"NIKON CORPORATION\0")], ">"),
        "arw": tiff([*preview, (271, ASCII, b"SONY\0")]),
        "raf": b"FUJIFILMCCD-RAW 0201FF129502X-T1".ljust(200, b"\0"),
        "orf": tiff([(271, ASCII, b"OLYMPUS CORPORATION\0")], head=b"IIRO\x08\0\0\0"),
        "rw2": tiff([(271, ASCII, b"Panasonic\0")], head=b"IIU\0\x18\0\0\0", at=24),
    }


def canon_boxes(main: Sequence[Tag], camera: Sequence[Tag], place: Sequence[Tag]) -> bytes:
    """A CR3 of nothing but what the camera wrote: three TIFFs in a box of Canon's."""
    parts = {b"CMT1": main, b"CMT2": camera, b"CMT4": place}
    own = b"".join(_box(kind, tiff(tags)) for kind, tags in parts.items())
    moov = _box(b"moov", _box(b"uuid", bytes.fromhex("85c0b687820f11e08111f4ce462b6a48") + own))
    return _box(b"ftyp", b"crx \0\0\0\x01crx isom") + moov


def _box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4) + kind + content


def _values(kind: int, values: Any, order: str) -> bytes:
    if kind == ASCII:
        return bytes(values)
    if kind in (RATIONAL, SRATIONAL):
        code = "II" if kind == RATIONAL else "ii"
        return b"".join(struct.pack(order + code, *value) for value in values)
    return struct.pack(order + _CODES[kind] * len(values), *values)


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95, subsampling=0)
    return out.getvalue()
