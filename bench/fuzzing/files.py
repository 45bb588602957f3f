"""Damaged and hostile picture files: mutated from good ones of every kind, and bombs made by hand."""

import io
import random
import struct
import subprocess
import sys
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pillow_heif
from PIL import Image
from skimage import data

from tests.camera_raw_files import Dng, maker_files

PNG = b"\x89PNG\r\n\x1a\n"
SIZE = (160, 120)
BATCH = 2000  # mutants of the same good files, before others are made
PILLOW = "pillow==12.3.0"  # its source package carries the pictures that once crashed decoders


def good_files(size: tuple[int, int] = SIZE, turned: float = 0) -> dict[str, bytes]:
    """One small good picture of each kind and variant."""
    pillow_heif.register_heif_opener()
    pixels = data.chelsea()  # type: ignore[no-untyped-call]
    photo = Image.fromarray(pixels).rotate(turned).resize(size)
    frames = [photo.rotate(angle) for angle in range(0, 90, 10)]
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera"
    several = {"save_all": True, "append_images": frames, "duration": 40}
    return {
        "jpg": _saved(photo, "JPEG", quality=85),
        "progressive.jpg": _saved(photo, "JPEG", progressive=True),
        "exif.jpg": _saved(photo, "JPEG", exif=exif),
        "cmyk.jpg": _saved(photo.convert("CMYK"), "JPEG"),
        "grey.jpg": _saved(photo.convert("L"), "JPEG"),
        "png": _saved(photo, "PNG"),
        "palette.png": _saved(photo.convert("P"), "PNG", transparency=3),
        "16bit.png": _saved(photo.convert("I;16"), "PNG"),
        "animated.png": _saved(photo, "PNG", **several),
        "gif": _saved(photo.convert("P"), "GIF"),
        "animated.gif": _saved(photo, "GIF", **several),
        "webp": _saved(photo, "WEBP"),
        "lossless.webp": _saved(photo.convert("RGBA"), "WEBP", lossless=True),
        "animated.webp": _saved(photo, "WEBP", **several),
        "avif": _saved(photo, "AVIF"),
        "heic": _saved(photo, "HEIF"),
        "tiff": _saved(photo, "TIFF"),
        "lzw.tiff": _saved(photo, "TIFF", compression="tiff_lzw"),
        "jpeg.tiff": _saved(photo, "TIFF", compression="jpeg"),
        "pages.tiff": _saved(photo, "TIFF", save_all=True, append_images=frames),
        "bmp": _saved(photo, "BMP"),
        "ico": _saved(photo, "ICO", sizes=[(min(size[0], 256), min(size[1], 256))]),
        "jp2": _saved(photo, "JPEG2000"),
        "ppm": _saved(photo, "PPM"),
        "tga": _saved(photo, "TGA"),
        "pdf": _saved(photo, "PDF"),
        "eps": _saved(photo, "EPS"),
        "dng": Dng(photo).content(),
        "preview.dng": Dng(photo, photo.resize((16, 12))).content(),
        "linear.dng": Dng(photo, linear=True).content(),
        **maker_files(),
    }


def mutants(seed: int, count: int, seeds: int) -> Iterator[tuple[str, bytes]]:
    """Damaged files, `count` of them, made of so many good ones of all kinds and many sizes."""
    dice = random.Random(seed)
    for start in range(0, count, BATCH):
        good: list[tuple[str, bytes]] = []
        while len(good) < max(1, seeds * BATCH // count):
            size = dice.randrange(1, 400), dice.randrange(1, 400)
            good += good_files(size, dice.randrange(360)).items()
        for number in range(start, min(start + BATCH, count)):
            name, content = dice.choice(good)
            for mutate in dice.choices(MUTATIONS, k=dice.choice((1, 1, 2))):
                content = mutate(dice, content) or b"x"
            yield f"{number}.{name}", content


def hostile_files(seed: int, count: int, cache: Path) -> Iterator[tuple[str, bytes]]:
    """Bombs and impostors, then what Pillow's own tests carry, then mutations until there are `count`."""
    made = 0
    for name, content in [*bombs().items(), *pillow_tests(cache)]:
        made += 1
        yield name, content
    dice, good = random.Random(seed), list(good_files().items())
    while made < count:
        name, content = dice.choice(good)
        mutate = dice.choice(MUTATIONS)
        made += 1
        yield f"{mutate.__name__.strip('_')}-{made}.{name}", mutate(dice, content)


def pillow_tests(cache: Path) -> list[tuple[str, bytes]]:
    """The pictures in Pillow's source package, from PyPI; none when it cannot be had."""
    cache.mkdir(parents=True, exist_ok=True)
    if not list(cache.glob("pillow-*.tar.gz")):
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*pip, "--dest", str(cache), PILLOW], check=False)
    found = []
    for archive in cache.glob("pillow-*.tar.gz"):
        with tarfile.open(archive) as members:
            for member in members:
                if (
                    member.isfile()
                    and "/Tests/images/" in member.name
                    and (file := members.extractfile(member))
                ):
                    found.append((Path(member.name).name, file.read()))
    return found


def bombs() -> dict[str, bytes]:
    """Small files that ask for much, and files that are no pictures at all."""
    good = good_files()
    return {
        "empty.jpg": b"",
        "one.jpg": b"\xff",
        "header.jpg": good["jpg"][:24],
        "huge.jpg": _patched(good["jpg"], b"\xff\xc0\x00\x11\x08", struct.pack(">HH", 65500, 65500)),
        "huge-progressive.jpg": _patched(
            good["progressive.jpg"], b"\xff\xc2\x00\x11\x08", struct.pack(">HH", 30000, 30000)
        ),
        "scans.jpg": _many_scans(good["progressive.jpg"]),
        "wide.png": _png(2**31 - 1, 1),
        "huge.png": _png(60000, 60000),
        "rgba16.png": _png(9000, 9000, (16, 6, 0)),
        "interlaced.png": _png(786464, 32, (16, 6, 1)),
        "whole.png": _png(5000, 5000, (16, 6, 1)),
        "zeros.png": _black_png(16000, 7000),
        "profile.png": _png(8, 8, extra=_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(300_000_000), 9))),
        "text.png": _png(8, 8, extra=_chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(300_000_000), 9))),
        "chunks.png": _png(8, 8, extra=_chunk(b"tEXt", b"a\0b") * 200_000),
        "huge.gif": b"GIF89a" + struct.pack("<HH", 65535, 65535) + good["gif"][10:],
        "frames.gif": _many_frames(),
        "huge.webp": _patched(
            good["animated.webp"], b"VP8X\x0a\x00\x00\x00", bytes(4) + b"\xff\x3f\x00\xff\x3f\x00"
        ),
        "huge.avif": _patched(good["avif"], b"ispe\x00\x00\x00\x00", struct.pack(">II", 16384, 16384)),
        "huge.heic": _patched(good["heic"], b"ispe\x00\x00\x00\x00", struct.pack(">II", 60000, 60000)),
        "huge.tiff": _tiff([(256, 4, 1, 60000), (257, 4, 1, 60000), (258, 3, 1, 8), (278, 4, 1, 60000)]),
        "loop.tiff": _tiff([(256, 4, 1, 8), (257, 4, 1, 8)], following=8),
        "page.html.jpg": b"<html><script>alert(1)</script>",
        "polyglot.jpg": good["jpg"] + b"<script>alert(1)</script><?php system('id'); ?>PK\x03\x04",
        "code.php.jpg": b"GIF89a<?php system($_GET['c']); ?>",
        "vector.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><image href="file:///etc/passwd"/></svg>',
        "entities.svg": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
        "script.ps": b"%!PS\n(/etc/passwd) (r) file\n",
        "language.mvg": b"push graphic-context\nviewbox 0 0 640 480\nimage over 0,0 0,0 'https://127.0.0.1/x'\n",
        "list.csv": b"1,2\n3,4\n",
        "archive.zip.png": b"PK\x03\x04" + bytes(200),
    }


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def _patched(content: bytes, after: bytes, new: bytes) -> bytes:
    """Put other bytes after a mark, for instance the size in a header."""
    at = content.index(after) + len(after)
    return content[:at] + new + content[at + len(new) :]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(width: int, height: int, kind: tuple[int, int, int] = (8, 2, 0), extra: bytes = b"") -> bytes:
    """A PNG with hardly any pixels; `kind` is bits, colour type, interlaced."""
    depth, colour, interlaced = kind
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    pixels = _chunk(b"IDAT", zlib.compress(bytes(1000)))
    return PNG + _chunk(b"IHDR", head) + extra + pixels + _chunk(b"IEND", b"")


def _black_png(width: int, height: int) -> bytes:
    """A PNG with all its pixels, which pack into next to nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes((width * 3 + 1) * height), 9)
    return PNG + _chunk(b"IHDR", head) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _tiff(entries: list[tuple[int, int, int, int]], following: int = 0) -> bytes:
    body = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<I", 8) + body + struct.pack("<I", following) + bytes(100)


def _many_scans(progressive: bytes) -> bytes:
    """The last scan of a progressive JPEG, 3,000 times."""
    start = progressive.rindex(b"\xff\xda")
    return progressive[:start] + progressive[start:-2] * 3000 + b"\xff\xd9"


def _many_frames() -> bytes:
    frame = b"\x21\xf9\x04\0\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    return b"GIF89a" + struct.pack("<HH", 1, 1) + b"\x80\0\0\0\0\0\xff\xff\xff" + frame * 100_000 + b"\x3b"


def _truncated(dice: random.Random, content: bytes) -> bytes:
    return content[: dice.randint(1, len(content))]


def _flipped(dice: random.Random, content: bytes) -> bytes:
    damaged = bytearray(content)
    for _ in range(dice.choice((1, 1, 4, 20, 100))):
        damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
    return bytes(damaged)


def _flipped_head(dice: random.Random, content: bytes) -> bytes:
    damaged = bytearray(content)
    for _ in range(dice.choice((1, 2, 4))):
        damaged[dice.randrange(min(len(damaged), 200))] = dice.choice(
            (0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256))
        )
    return bytes(damaged)


def _extreme(dice: random.Random, content: bytes) -> bytes:
    number = dice.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFF, 16384, 65536))
    packed = struct.pack(dice.choice(("<I", ">I")), number)
    at = dice.randrange(max(1, min(len(content) - 4, 400)))
    return content[:at] + packed + content[at + 4 :]


def _removed(dice: random.Random, content: bytes) -> bytes:
    start = dice.randrange(len(content))
    return content[:start] + content[start + dice.choice((1, 4, 64, 1024)) :]


def _repeated(dice: random.Random, content: bytes) -> bytes:
    start = dice.randrange(len(content))
    part = content[start : start + dice.choice((4, 64, 1024))]
    return content[:start] + part * dice.choice((2, 10, 300)) + content[start:]


def _spliced(dice: random.Random, content: bytes) -> bytes:
    cut = dice.randrange(len(content))
    return content[:cut] + dice.randbytes(dice.choice((1, 16, 300))) + content[cut:]


Mutation = Callable[[random.Random, bytes], bytes]
MUTATIONS: tuple[Mutation, ...] = (
    _truncated,
    _flipped,
    _flipped_head,
    _extreme,
    _removed,
    _repeated,
    _spliced,
)
