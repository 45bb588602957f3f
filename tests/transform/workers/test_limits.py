"""What is refused before or while it is decoded: bombs, damaged files, files that are no pictures."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from picturerail.errors import PicturerailError, TooLarge, UnsupportedMedia
from picturerail.transform.grammar import parse
from picturerail.transform.pixels.analysis import probe
from picturerail.transform.plan import Output, make_plan
from picturerail.transform.probe import Limits, SourceInfo, check
from tests import pictures

REFUSED = [
    (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "has no size"),
    (b"<?xml version='1.0'?><svg><g></svg>", "not well-formed"),
    (b"%PDF-1.7 hello", "a PDF"),
    (b"<html><script>alert(1)</script>", "a web page"),
    (b"", "empty"),
    (b"\xff\xd8", "not a picture"),
    (b"RIFF\0\0\0\0WAVEfmt ", "not a picture"),
    (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "a video"),
    (b"\xff\xd8\xff\xe0 but nothing more", "damaged or incomplete"),
    (b"\x89PNG\r\n\x1a\n", "damaged or incomplete"),
    (b"GIF89a", "damaged or incomplete"),
    (b"BM" + bytes(60), "damaged or incomplete"),
    (b"II*\0" + bytes(60), "damaged or incomplete"),
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "damaged or incomplete"),
    (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "damaged or incomplete"),
]


@pytest.mark.parametrize(("content", "sentence"), REFUSED)
def test_no_picture(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "file.jpg"
    path.write_bytes(content)
    with pytest.raises(UnsupportedMedia, match=sentence):
        probe.gather(path, Limits())


def test_a_bmp_that_says_it_is_huge_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "huge.bmp"
    header = struct.pack("<IiiHHIIiiII", 40, 2**19, 2**19, 1, 24, 0, 0, 0, 0, 0, 0)
    path.write_bytes(b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + header)
    with pytest.raises(TooLarge, match="no side may be longer"):
        probe.gather(path, Limits())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF", "BMP"])
def test_truncated_pictures_are_refused(tmp_path: Path, kind: str) -> None:
    whole = pictures.encoded(pictures.photo("cat"), kind)
    path = tmp_path / "picture"
    path.write_bytes(whole)
    assert probe.gather(path, Limits()).info.width == 451
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(UnsupportedMedia, match="damaged or incomplete"):
        probe.gather(path, Limits())


@pytest.mark.parametrize(
    ("info", "sentence"),
    [
        (SourceInfo("png", 16385, 10), "no side may be longer than 16384"),
        (SourceInfo("jpg", 12000, 12000), "120,000,000 pixels at most"),
        (SourceInfo("gif", 10, 10, frames=1001), "1000 at most"),
        (SourceInfo("png", 10000, 8000, bands=4, depth=16), "610 MB of memory decoded"),
        (SourceInfo("png", 7000, 7000, bands=4, depth=16, whole=True), "448 MB of memory while"),
        (SourceInfo("webp", 1000, 1000, bands=4, frames=50, whole=True), "534 MB of memory while"),
    ],
)
def test_limits_are_named(info: SourceInfo, sentence: str) -> None:
    with pytest.raises(TooLarge, match=sentence):
        check(info, Limits())


def test_limits_let_cameras_through() -> None:
    for info in (
        SourceInfo("jpg", 12000, 9000),  # 108 megapixels from a telephone
        SourceInfo("jpg", 8064, 6048, whole=True),  # progressive
        SourceInfo("heic", 8064, 6048, whole=True),
        SourceInfo("png", 7680, 4320, bands=4, whole=True),
        SourceInfo("gif", 800, 600, bands=4, frames=200, whole=True),
        SourceInfo("webp", 480, 360, bands=4, frames=150, whole=True),
        SourceInfo("avif", 6000, 4000, whole=True),
    ):
        check(info, Limits())


def huge_gif() -> bytes:
    return (
        b"GIF89a"
        + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0)
        + b","
        + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0)
        + b"\x02\x01\x44\0;"
    )


def bombs(folder: Path) -> list[Path]:
    """Small files that would need a great deal of memory or time."""
    huge = Image.new("L", (16000, 16000))
    made = {
        "wide.png": pictures.png_header(100_000, 20_000),
        "interlaced.png": pictures.png_header(9000, 9000, depth=16, colour=6, interlaced=True),
        "deep.png": pictures.png_header(10_900, 10_900, depth=16, colour=6),
        "huge.gif": huge_gif(),
        "huge.webp": pictures.encoded(Image.new("RGB", (16383, 8000)), "WEBP", quality=1, method=0),
        "huge.jpg": pictures.encoded(huge, "JPEG", quality=1),
        "progressive.jpg": pictures.encoded(
            Image.new("RGB", (10000, 10000)), "JPEG", quality=1, progressive=True
        ),
        "huge.tif": pictures.encoded(Image.new("1", (16000, 16000)), "TIFF", compression="group4"),
    }
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in made]


def test_bombs_cost_little(tmp_path: Path) -> None:
    """Refused or decoded, no bomb takes more than two seconds or lets the process grow by 150 MB."""
    files = bombs(tmp_path)
    code = (
        "import sys, time; from pathlib import Path\n"
        "from picturerail.errors import PicturerailError\n"
        "from picturerail.transform.pixels.analysis import probe; from picturerail.transform.probe import Limits\n"
        "for name in sys.argv[1:]:\n"
        "    start = time.process_time()\n"
        "    try: probe.gather(Path(name), Limits()); told = 'decoded'\n"
        "    except PicturerailError as error: told = str(error.status)\n"
        "    peak = [line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0]\n"
        "    print(Path(name).name, told, time.process_time() - start, peak)\n"
    )
    for path in files:
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
        )
        name, told, seconds, kilobytes = done.stdout.split()
        assert told in ("413", "415"), name
        assert float(seconds) < 2, done.stdout
        assert int(kilobytes) < 200_000, done.stdout


def test_the_output_is_limited_too(tmp_path: Path) -> None:
    source = pictures.animation(tmp_path / "a.gif", [100] * 50)
    info = probe.gather(source, Limits()).info
    with pytest.raises(PicturerailError, match="50 frames"):
        make_plan(parse("w_2000"), info, Output("gif"))
    assert make_plan(parse("w_2000"), info, Output("jpg")).frames == 1
