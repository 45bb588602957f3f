"""Put single-frame GIF files together into one that moves (GIF89a). Pure: no pixel is decoded."""

import struct
from dataclasses import dataclass

LOOP_FOREVER = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
_IMAGE, _EXTENSION, _TRAILER, _GRAPHIC_CONTROL = 0x2C, 0x21, 0x3B, 0xF9


@dataclass(frozen=True)
class Frame:
    """One picture: its size, its colour table, the index of its transparent colour, and its packed pixels."""

    width: int
    height: int
    colours: bytes
    transparent: int | None
    interlaced: bool
    data: bytes


def animate(files: list[bytes], delay: int) -> bytes:
    """The files one after the other, each for `delay` milliseconds, again and again; sizes should be equal."""
    frames = [parse(file) for file in files]
    width, height = max(frame.width for frame in frames), max(frame.height for frame in frames)
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x70, 0, 0)
    return screen + LOOP_FOREVER + b"".join(_written(frame, delay) for frame in frames) + bytes([_TRAILER])


def parse(file: bytes) -> Frame:
    """The first picture in a GIF file; ValueError when there is none."""
    flags = file[10]
    table, at = (file[13 : 13 + _table_bytes(flags)], 13 + _table_bytes(flags)) if flags & 0x80 else (b"", 13)
    transparent: int | None = None
    while file[at] == _EXTENSION:
        if file[at + 1] == _GRAPHIC_CONTROL and file[at + 3] & 1:
            transparent = file[at + 6]
        at = _end_of_blocks(file, at + 2)
    if file[at] != _IMAGE:
        raise ValueError("a GIF file without a picture")
    width, height, local = struct.unpack_from("<HHB", file, at + 5)
    at += 10
    if local & 0x80:
        table, at = file[at : at + _table_bytes(local)], at + _table_bytes(local)
    return Frame(
        width, height, table, transparent, bool(local & 0x40), file[at : _end_of_blocks(file, at + 1)]
    )


def _written(frame: Frame, delay: int) -> bytes:
    clear = 0x08 | (frame.transparent is not None)  # take the frame away before the next one
    control = struct.pack(
        "<BBBBHBB", _EXTENSION, _GRAPHIC_CONTROL, 4, clear, delay // 10, frame.transparent or 0, 0
    )
    bits = max(1, (len(frame.colours) // 3 - 1).bit_length())
    flags = 0x80 | (0x40 if frame.interlaced else 0) | (bits - 1)
    image = struct.pack("<BHHHHB", _IMAGE, 0, 0, frame.width, frame.height, flags)
    return control + image + frame.colours.ljust(3 << bits, b"\0") + frame.data


def _table_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1)


def _end_of_blocks(file: bytes, at: int) -> int:
    """The place behind a row of data blocks, each of which begins with its length."""
    while file[at]:
        at += file[at] + 1
    return at + 1
