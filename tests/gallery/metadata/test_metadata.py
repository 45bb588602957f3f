"""What visitors download says nothing of place and camera, and shows every pixel as it was: judged by Pillow."""

import io
import random
from functools import cache
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from picturerail import camera_raw
from picturerail.gallery.metadata.files import READERS, without_metadata
from picturerail.gallery.metadata.pieces import Unreadable
from picturerail.gallery.pictures.create import FORMATS
from tests.transform.pixels.test_ultra_hdr import ultra_hdr

pillow_heif.register_heif_opener()

SECRETS = (b"SERIAL", b"GPSLatitude", b"Camera maker", b"makernote")
OLD_SEGMENTS = b"".join(
    b"\xff\xe0" + (2 + len(content)).to_bytes(2, "big") + content
    for content in (b"JFXX\0\x13SERIAL-4711", b"II\x1a\0\0\0HEAPJPGM SERIAL-4711")
)
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>52,30N SERIAL-4711</exif:GPSLatitude></x:xmpmeta>'
)
TURNED = 6


def exif() -> Image.Exif:
    written = Image.Exif()
    written[0x0112], written[0x010F] = TURNED, "Camera maker"
    written.get_ifd(0x8825).update({1: "N", 2: (52.0, 30.0, 1.0), 3: "E", 4: (13.0, 24.0, 2.0)})
    written.get_ifd(0x8769).update({0xA431: "SERIAL-4711", 0x927C: b"makernote SERIAL-4711"})
    return written


@cache
def picture(mode: str = "RGB") -> Image.Image:
    return Image.effect_mandelbrot((97, 61), (-2, -1, 1, 1), 50).convert(mode)


def encoded(kind: str, mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    picture(mode).save(out, kind, **options)
    return out.getvalue()


@cache
def display_profile() -> bytes:
    """The profile of a display: sRGB, and whose display it is."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    count, said = int.from_bytes(plain[128:132], "big"), b"mmod" + bytes(4) + b"EDID SERIAL-4711"
    end = 132 + 12 * count
    table = b"".join(
        plain[at : at + 4]
        + (int.from_bytes(plain[at + 4 : at + 8], "big") + 24).to_bytes(4, "big")
        + plain[at + 8 : at + 12]
        for at in range(132, end, 12)
    )
    place = (len(plain) + 24).to_bytes(4, "big") + len(said).to_bytes(4, "big")
    whole = (
        plain[4:128]
        + (count + 2).to_bytes(4, "big")
        + b"mmod"
        + place
        + table
        + b"meta"
        + place
        + plain[end:]
        + said
    )
    return (len(whole) + 4).to_bytes(4, "big") + whole


def box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def written_over(tiff: bytes) -> bytes:
    """The file as libtiff leaves it when the words are taken out: a new directory behind, the old one still there."""
    at = int.from_bytes(tiff[4:8], "little")
    entries = [
        tiff[at + 2 + 12 * index :][:12] for index in range(int.from_bytes(tiff[at : at + 2], "little"))
    ]
    kept = [entry for entry in entries if int.from_bytes(entry[:2], "little") != 270]
    whole = tiff[:4] + len(tiff).to_bytes(4, "little") + tiff[8:]
    return whole + len(kept).to_bytes(2, "little") + b"".join(kept) + bytes(4)


def chunk(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)


def chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    while content:
        length = int.from_bytes(content[4:8], "little")
        found.append((content[:4], content[8 : 8 + length]))
        content = content[8 + length + length % 2 :]
    return found


def words_in_frames(webp: bytes) -> bytes:
    """A moving WebP, each frame of which has a chunk that nobody knows."""
    said = chunk(b"note", b"SERIAL-4711")
    inside = [chunk(name, own + said if name == b"ANMF" else own) for name, own in chunks(webp[12:])]
    return chunk(b"RIFF", b"WEBP" + b"".join(inside))


def words_in_strips(tiff: bytes) -> bytes:
    """A TIFF of one strip, a JPEG, with what JPEGs say in words."""
    at = int.from_bytes(tiff[4:8], "little")
    count = int.from_bytes(tiff[at : at + 2], "little")
    places = {
        int.from_bytes(tiff[each : each + 2], "little"): each + 8
        for each in range(at + 2, at + 2 + 12 * count, 12)
    }
    start, length = (int.from_bytes(tiff[places[tag] :][:4], "little") for tag in (273, 279))
    said = b"".join(
        bytes([0xFF, marker]) + (2 + len(words)).to_bytes(2, "big") + words
        for marker, words in (
            (0xFE, b"SERIAL-4711"),
            (0xE1, b"Exif\0\0SERIAL-4711"),
            (0xE2, b"ICC_PROFILE\0\1\1SERIAL-4711"),
        )
    )
    jfif = b"\xff\xe0\0\x19JFIF\0\1\1\0\0\1\0\1\1\3SERIAL-47"
    strip = tiff[start : start + 2] + jfif + said + tiff[start + 2 : start + length] + b"SERIAL-4711"
    whole = bytearray(tiff)
    whole[places[273] : places[273] + 4] = len(tiff).to_bytes(4, "little")
    whole[places[279] : places[279] + 4] = len(strip).to_bytes(4, "little")
    return bytes(whole) + strip


def words_in_data(heif: bytes) -> bytes:
    """A HEIC or an AVIF with words in its data that no item names, in free boxes, and behind the last box."""
    at = heif.index(b"mdat") - 4
    size = int.from_bytes(heif[at : at + 4], "big") + 11
    said = size.to_bytes(4, "big") + heif[at + 4 :] + b"SERIAL-4711"
    return heif[:at] + said + box(b"free", b"SERIAL-4711") + b"SERIAL-"[:6]


FILM = box(b"ftyp", b"mp42") + box(b"mdat", b"SERIAL-4711 and what was said") + box(b"moov", b"")


@cache
def files() -> dict[str, bytes]:
    """A file of each kind with all that a camera and a program may write into it."""
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    texts.add_text("Comment", "SERIAL-4711", zip=True)
    text = exif().tobytes()
    moving: dict[str, Any] = {
        "save_all": True,
        "append_images": [picture().rotate(180)],
        "duration": 40,
        "loop": 0,
    }
    return {
        "jpg": encoded("JPEG", exif=text, xmp=XMP, comment=b"SERIAL-4711") + b"trailer SERIAL-4711",
        "jpg progressive": encoded("JPEG", exif=text, progressive=True, restart_marker_rows=1),
        "jpg cmyk": encoded("JPEG", "CMYK", exif=text, icc_profile=b"profile" * 20_000),
        "jpg old": encoded("JPEG").replace(b"\xff\xdb", OLD_SEGMENTS + b"\xff\xdb", 1),
        "png": encoded("PNG", exif=text, pnginfo=texts) + b"SERIAL-4711",
        "png palette": encoded("PNG", "P", exif=text, transparency=0),
        "webp": encoded("WEBP", exif=text, xmp=XMP, lossless=True),
        "webp moving": encoded("WEBP", exif=text, xmp=XMP, **moving),
        "webp with words in frames": words_in_frames(encoded("WEBP", **moving)),
        "tiff": encoded("TIFF", exif=exif(), compression="tiff_lzw"),
        "tiff words": encoded("TIFF", tiffinfo={270: "SERIAL-4711 in words", 700: XMP}),
        "tiff pages": encoded("TIFF", exif=exif(), **moving),
        "tiff with a tail": encoded("TIFF") + b"SERIAL-4711",
        "tiff written over": written_over(encoded("TIFF", tiffinfo={270: "SERIAL-4711 in words"})),
        "tiff of jpeg": words_in_strips(encoded("TIFF", compression="jpeg")),
        "heic": encoded("HEIF", exif=text, xmp=XMP),
        "heic with a film": encoded("HEIF") + box(b"mpvd", FILM) + box(b"sefd", b"SERIAL-4711"),
        "heic before a film": encoded("HEIF") + FILM,
        "heic with a huge film": encoded("HEIF")
        + b"\0\0\0\x01mpvd"
        + (16 + len(FILM)).to_bytes(8, "big")
        + FILM,
        "heic with words in its data": words_in_data(encoded("HEIF", exif=text, xmp=XMP)),
        "avif": encoded("AVIF", exif=text, xmp=XMP),
        "avif with words in its data": words_in_data(encoded("AVIF", exif=text)),
        "avif moving": words_in_data(encoded("AVIF", **moving)),
        "gif": encoded("GIF", "P", comment=b"SERIAL-4711", **moving),
    }


def test_a_colour_profile_tells_of_no_device_and_means_the_same() -> None:
    """Of a screen's picture it is the display's own, with the serial number of that."""
    for kind in ("JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"):
        before = encoded(kind, icc_profile=display_profile())
        name = {"JPEG": "jpg", "HEIF": "heic"}.get(kind, kind.lower())
        profiles = [
            Image.open(io.BytesIO(each)).info["icc_profile"] for each in (before, stripped(name, before))
        ]
        assert [b"SERIAL" in each for each in profiles] == [True, False], kind
        assert frames(stripped(name, before)) == frames(before)
        lab = ImageCms.createProfile("LAB")
        seen = [
            ImageCms.profileToProfile(picture(), io.BytesIO(each), lab, outputMode="LAB") for each in profiles
        ]
        assert [each and each.tobytes() for each in seen[:1]] == [
            each and each.tobytes() for each in seen[1:]
        ]
        assert None not in seen


def stripped(name: str, content: bytes) -> bytes:
    return b"".join(without_metadata(memoryview(content), name.split(maxsplit=1)[0]))


def frames(content: bytes) -> list[tuple[str, bytes]]:
    image = Image.open(io.BytesIO(content))
    shown = []
    for index in range(getattr(image, "n_frames", 1)):
        image.seek(index)
        shown.append((image.mode, image.convert("RGBA").tobytes()))
    return shown


@pytest.mark.parametrize("name", files())
def test_nothing_is_told_and_every_pixel_stays(name: str) -> None:
    before = files()[name]
    after = stripped(name, before)
    assert [secret for secret in SECRETS if secret in after] == []
    image, told = Image.open(io.BytesIO(after)), Image.open(io.BytesIO(after)).getexif()
    assert dict(told.get_ifd(0x8825)) == {}
    assert dict(told.get_ifd(0x8769)) == {}
    assert frames(after) == frames(before)
    original = Image.open(io.BytesIO(before))
    assert image.info.get("icc_profile") == original.info.get("icc_profile")
    assert image.info.get("duration") == original.info.get("duration")
    assert told.get(0x0112, 1) == original.getexif().get(0x0112, 1)
    assert stripped(name, after) == after


def test_the_files_of_this_test_have_secrets() -> None:
    silent = [name for name, content in files().items() if not any(secret in content for secret in SECRETS)]
    assert silent == []


@pytest.mark.parametrize("name", files())
def test_broken_files_are_refused_or_stripped(name: str) -> None:
    """Cut short or hit at random: never an error of ours, never a loop, never more than there was."""
    whole, chance = files()[name], random.Random(name)
    for _ in range(60):
        hit = bytearray(whole[: chance.randrange(1, len(whole))] if chance.random() < 0.5 else whole)
        for _ in range(chance.randrange(4)):
            hit[chance.randrange(min(len(hit), 600))] = chance.randrange(256)
        try:
            left = stripped(name, bytes(hit))
        except Unreadable:
            continue
        assert len(left) <= len(hit) + 100


def test_a_track_of_words_goes_with_what_it_holds() -> None:
    """Where a film was made, second by second, is a track as its frames are."""
    whole = encoded("AVIF", save_all=True, append_images=[picture().rotate(180)])
    at = whole.index(b"moov")
    told = whole[:at] + whole[at:].replace(b"pict", b"meta", 1)
    assert told[-100:].strip(b"\0")
    left = stripped("avif", told)
    assert b"trak" not in left
    assert not any(left[-100:])


def test_every_format_that_is_taken_has_a_reader_but_those_of_which_no_visitor_gets_the_file() -> None:
    assert set(FORMATS) == set(READERS) | set(camera_raw.FORMATS)


def test_of_an_ultra_hdr_the_picture_is_left(tmp_path: Path) -> None:
    """The map behind it is a file of its own, with whatever stands in that."""
    left = stripped("jpg", ultra_hdr(tmp_path / "room.jpg").read_bytes())
    with Image.open(io.BytesIO(left)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (800, 600))
    assert b"21496" not in left
    assert left.count(b"\xff\xd8\xff") == 1
