"""fl_keep_iptc keeps who made a picture and whose it is, and nothing else; Pillow reads what is in the files."""

import io
from pathlib import Path

import pillow_heif
import pytest
from PIL import ExifTags, Image, IptcImagePlugin

from picturerail.transform.grammar import parse
from picturerail.transform.intermediates import on_intermediate
from picturerail.transform.plan import Output, make_plan
from picturerail.transform.probe import SourceInfo
from tests import pictures
from tests.transform.conftest import Make

ARTIST, COPYRIGHT = "Ann Other " + "of a long name " * 30, "(c) 2024 Caf\xe9 (a, b, c)\0An editor"
IPTC = {
    (1, 90): b"\x1b%G",
    (2, 80): b"Ann",
    (2, 110): b"Agency",
    (2, 115): b"Archive",
    (2, 116): "©".encode(),
}
KEPT = {int(ExifTags.Base.Artist): ARTIST.strip(), int(ExifTags.Base.Copyright): COPYRIGHT}
WRITTEN_BY_LIBVIPS = {274, 282, 283, 296, 531, 34665}  # orientation, resolution, how chroma lies, more fields
SECRET = b"SECRET"


def exif() -> Image.Exif:
    fields = Image.Exif()
    fields[ExifTags.Base.Artist] = ARTIST.strip().encode()
    fields[ExifTags.Base.Copyright] = COPYRIGHT.encode("latin-1")
    fields[ExifTags.Base.Make] = fields[ExifTags.Base.ImageDescription] = "SECRET"
    fields.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.BodySerialNumber] = "SECRET"
    fields.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    return fields


def iptc(fields: dict[tuple[int, int], bytes]) -> bytes:
    """An APP13 segment as Photoshop writes it: a block of another kind with a name, then that of IPTC."""
    data = b"".join(b"\x1c" + bytes(key) + len(value).to_bytes(2) + value for key, value in fields.items())
    other = b"8BIM\x04\x24\x03abc" + (5).to_bytes(4) + b"other\0"
    body = (
        b"Photoshop 3.0\0" + other + b"8BIM\x04\x04\0\0" + len(data).to_bytes(4) + data + bytes(len(data) % 2)
    )
    return b"\xff\xed" + (len(body) + 2).to_bytes(2) + body


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = io.BytesIO()
    pictures.photo("cat").save(file, "JPEG", exif=exif(), comment=SECRET, xmp=b"<x>SECRET</x>")
    content = file.getvalue()
    place = {(2, 90): SECRET, (2, 101): SECRET, (2, 118): SECRET}
    path = tmp_path / "source.jpg"
    path.write_bytes(content[:2] + iptc(place | IPTC) + content[2:])
    assert path.read_bytes().count(SECRET) == 8
    return path


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "avif"])
@pytest.mark.parametrize(
    "text",
    ["fl_keep_iptc", "fl_keep_attribution", "w_40,fl_keep_iptc,q_auto", "c_pad,w_50,h_90,b_red/fl_keep_iptc"],
)
def test_author_and_copyright_stay_and_nothing_else(source: Path, make: Make, kind: str, text: str) -> None:
    made = make(source, text, kind)
    assert SECRET not in made.read_bytes()
    with Image.open(made) as picture:
        seen = picture.getexif()
        assert {tag: value for tag, value in seen.items() if tag not in WRITTEN_BY_LIBVIPS} == KEPT
        assert not seen.get_ifd(ExifTags.IFD.GPSInfo)
        assert not seen.get_ifd(ExifTags.IFD.IFD1)
        assert "xmp" not in picture.info
        assert (IptcImagePlugin.getiptcinfo(picture) or {}) == (IPTC if kind == "jpg" else {})


def test_a_gif_and_who_does_not_ask_get_none(source: Path, make: Make) -> None:
    for text, kind in (("fl_keep_iptc", "gif"), ("w_40", "jpg"), ("fl_force_strip.keep_iptc", "jpg")):
        with Image.open(make(source, text, kind)) as picture:
            assert not picture.getexif()
            assert IptcImagePlugin.getiptcinfo(picture) is None


def test_a_picture_without_any_has_none(tmp_path: Path, make: Make) -> None:
    plain = pictures.saved(pictures.photo("cat"), tmp_path / "plain.png")
    with Image.open(make(plain, "fl_keep_iptc", "jpg")) as picture:
        assert not set(picture.getexif()) - WRITTEN_BY_LIBVIPS
        assert IptcImagePlugin.getiptcinfo(picture) is None


def test_a_layer_gives_none(tmp_path: Path, source: Path, make: Make) -> None:
    plain = pictures.saved(pictures.photo("cat"), tmp_path / "plain.png")
    text = "fl_keep_iptc/u_text:Arial_20:under/fl_layer_apply"
    with Image.open(make(source, text, "jpg")) as picture:
        assert picture.getexif()[ExifTags.Base.Copyright] == COPYRIGHT
    assert b"Ann" not in make(plain, text, "jpg").read_bytes()


def test_of_a_telephone_too(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "source.heic"
    pillow_heif.from_pillow(pictures.photo("cat")).save(path, exif=exif().tobytes())
    made = make(path, "w_40,fl_keep_iptc", "jpg")
    assert SECRET not in made.read_bytes()
    with Image.open(made) as picture:
        assert picture.getexif()[ExifTags.Base.Copyright] == COPYRIGHT


@pytest.mark.parametrize("cut", range(20, 700, 35))
def test_damaged_fields_are_no_fault_of_ours(source: Path, make: Make, cut: int) -> None:
    content = bytearray(source.read_bytes())
    content[cut : cut + 6] = (
        b"\xff\xfe\xfd\xfc\xff\xff" if content[cut - 1] != 0xFF else content[cut : cut + 6]
    )
    source.write_bytes(content)
    assert SECRET not in make(source, "w_40,fl_keep_iptc", "jpg").read_bytes()


def test_the_original_is_asked_as_a_reduced_copy_has_no_fields() -> None:
    info = SourceInfo("jpg", 4000, 3000)
    plans = [make_plan(parse(text), info, Output("jpg")) for text in ("w_200", "w_200,fl_keep_iptc")]
    assert [on_intermediate(plan, info).load.intermediate for plan in plans] == [True, False]
