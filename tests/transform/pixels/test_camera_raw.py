"""Camera raw pictures: the preview for sizes that it is large enough for, developed otherwise, judged by Pillow.

The files are DNGs by script: there is no file of a camera here. Preview and mosaic show different colours, so that the
answer tells which of them it was made of.
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from picturerail.errors import PicturerailError, UnsupportedMedia
from picturerail.transform.pixels.analysis import probe
from picturerail.transform.pixels.decode import libraw_loader, loaders
from picturerail.transform.pixels.metadata import exif, raw_exif
from picturerail.transform.probe import Limits
from tests import camera_raw_files, pictures
from tests.camera_raw_files import Dng
from tests.transform.conftest import Make

SHOT = pictures.quadrants(600, 400)
GREY = ImageOps.expand(Image.new("RGB", (290, 190), (128, 128, 128)), 5, (128, 128, 128))  # 300 x 200


def corners(path: Path) -> list[tuple[int, ...]]:
    """The colours of the four corners, clockwise from the top left."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    width, height = picture.size
    places = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]
    return [picture.getpixel((int(x * width), int(y * height))) for x, y in places]  # type: ignore[misc]


def is_near(one: tuple[int, ...], other: tuple[int, ...], tolerance: int = 40) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= tolerance


def test_a_page_gets_the_preview_and_whoever_wants_more_the_developed_picture(
    tmp_path: Path, make: Make
) -> None:
    source = Dng(SHOT, GREY).put(tmp_path / "shot.dng")
    info = loaders.read_header(source)
    assert (info.format, info.width, info.height, info.preview) == ("dng", 600, 400, (300, 200))
    for text in ("w_100", "w_300", "c_fill,w_80,h_80", "c_crop,w_0.5,h_0.5,g_north_west/w_140"):
        assert all(is_near(each, (128, 128, 128), 6) for each in corners(make(source, text)))
    red, green, yellow, blue = (pictures.QUADRANTS[each] for each in ("nw", "ne", "se", "sw"))
    for text in ("w_310", "w_0.9", "", "c_scale,w_1200"):
        found = corners(make(source, text))
        assert all(is_near(*pair) for pair in zip(found, (red, green, yellow, blue), strict=True)), (
            text,
            found,
        )
    [cut, *_] = corners(make(source, "c_crop,w_100,h_100,x_450,y_20"))
    assert is_near(cut, green)


def test_without_a_preview_it_is_developed_at_half_its_size_where_that_is_enough(
    tmp_path: Path, make: Make
) -> None:
    source = Dng(SHOT).put(tmp_path / "shot.dng")
    assert loaders.read_header(source).preview == ()
    whole, half = (libraw_loader.develop(source, "dng", half=each) for each in (False, True))
    assert (whole.width, whole.height, half.width, half.height) == (600, 400, 300, 200)
    for text in ("w_100", "w_300", "w_500"):
        with Image.open(make(source, text)) as picture:
            assert picture.width == int(text[2:])
            assert is_near(picture.getpixel((4, 4)), pictures.QUADRANTS["nw"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["", "w_90", "w_280", "c_crop,w_60,h_40,x_500,y_300/w_20", "c_crop,w_60,h_40,x_500,y_300"]
)
def test_one_without_a_mosaic_is_read_as_well(tmp_path: Path, make: Make, text: str) -> None:
    source = Dng(SHOT, linear=True).put(tmp_path / "joined.dng")
    found = corners(make(source, text))
    assert is_near(found[2], pictures.QUADRANTS["se"])
    assert is_near(found[0], pictures.QUADRANTS["se" if "crop" in text else "nw"])


@pytest.mark.parametrize("text", ["w_60", "w_500"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_as_the_camera_was_held(tmp_path: Path, make: Make, orientation: int, text: str) -> None:
    source = Dng(SHOT, SHOT.resize((300, 200)), orientation).put(tmp_path / "shot.dng")
    plain = pictures.oriented(SHOT, tmp_path / "plain.jpg", orientation)
    with Image.open(plain) as opened:
        upright = pictures.saved(ImageOps.exif_transpose(opened), tmp_path / "upright.png")
    info = loaders.read_header(source)
    with Image.open(upright) as picture:
        assert (info.width, info.height) == picture.size
    made = corners(make(source, text))
    assert all(is_near(*pair) for pair in zip(made, corners(upright), strict=True))


def test_a_preview_that_is_upright_already_is_not_turned_twice(tmp_path: Path, make: Make) -> None:
    upright = SHOT.resize((300, 200)).rotate(-90, expand=True)
    source = Dng(SHOT, upright, orientation=6).put(tmp_path / "shot.dng")
    assert loaders.read_header(source).preview == (300, 200)
    straight = pictures.saved(upright, tmp_path / "upright.png")
    assert all(is_near(*pair) for pair in zip(corners(make(source, "w_60")), corners(straight), strict=True))


@pytest.mark.parametrize("size", [(160, 120), (300, 170), (900, 600)])
def test_a_preview_of_another_shape_or_too_large_is_not_shown(tmp_path: Path, size: tuple[int, int]) -> None:
    source = Dng(SHOT, Image.new("RGB", size, (128, 128, 128))).put(tmp_path / "shot.dng")
    assert loaders.read_header(source).preview == ()


def test_what_cannot_be_developed_is_shown_by_its_preview(tmp_path: Path, make: Make) -> None:
    source = Dng(SHOT, GREY, packing=camera_raw_files.UNKNOWN_PACKING).put(tmp_path / "new.dng")
    facts = probe.gather(source, Limits())
    assert (facts.info.width, facts.info.height, facts.info.preview_only) == (300, 200, True)
    for text in ("", "w_90", "c_scale,w_900"):
        assert all(is_near(each, (128, 128, 128), 6) for each in corners(make(source, text)))
    bare = Dng(SHOT, packing=camera_raw_files.UNKNOWN_PACKING).put(tmp_path / "bare.dng")
    with pytest.raises(UnsupportedMedia, match="cannot be developed here, without a preview"):
        probe.gather(bare, Limits())


def test_a_large_preview_is_reduced_ahead_and_nothing_is_developed(tmp_path: Path) -> None:
    large = Image.new("RGB", (2700, 1800), (128, 128, 128))
    source = Dng(large, large).put(tmp_path / "large.dng")
    probe.gather(source, Limits(), copies=True)
    with Image.open(tmp_path / "large.dng.2048.jpg") as copy:
        assert copy.size == (2048, 1365)
        assert is_near(copy.getpixel((9, 9)), (128, 128, 128), 4)  # type: ignore[arg-type]


def test_developed_colours_are_those_that_were_seen(tmp_path: Path, make: Make) -> None:
    """A hundredth of the picture is white, so that brightening has nothing to do."""
    shot = Image.new("RGB", (240, 160), (200, 100, 50))
    shot.paste((255, 255, 255), (0, 0, 240, 4))
    source = Dng(shot).put(tmp_path / "shot.dng")
    with Image.open(make(source, "")) as made:
        seen = np.asarray(made)[20:-20, 20:-20].reshape(-1, 3).mean(axis=0)
    assert seen == pytest.approx((200, 100, 50), abs=12)


@pytest.mark.parametrize("left", [0.99, 0.6, 0.05, 0.01])
def test_a_file_that_ends_too_early_is_refused(tmp_path: Path, left: float) -> None:
    content = Dng(SHOT, GREY).content()
    cut = tmp_path / "cut.dng"
    cut.write_bytes(content[: int(left * len(content))])
    with pytest.raises(UnsupportedMedia):
        probe.gather(cut, Limits())


def test_what_a_maker_wrote_and_nobody_can_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for kind, content in camera_raw_files.maker_files().items():
        path = tmp_path / f"head.{kind}"
        path.write_bytes(content)
        assert loaders.sniff(path) == kind
        with pytest.raises(PicturerailError, match="raw picture|damaged or incomplete"):
            probe.gather(path, Limits())


def test_what_the_camera_wrote(tmp_path: Path) -> None:
    told = exif.read(Dng(SHOT, GREY).put(tmp_path / "shot.dng"), Limits())["image_metadata"]
    expected = {
        "Make": "Leitz", "Model": "M 1", "LensModel": "Summar 50", "ExposureTime": "1/60", "FNumber": "2.8",
        "ISOSpeedRatings": "200", "FocalLength": "50", "DateTimeOriginal": "2024:05:06 07:08:09",
        "GPSLatitude": "52 deg 30' 1.00\" N",
    }  # fmt: skip
    assert {name: told.get(name) for name in expected} == expected
    assert "ImageWidth" not in told, "of the preview"


def test_what_a_canon_wrote_stands_in_boxes(tmp_path: Path) -> None:
    path = tmp_path / "shot.cr3"
    main: list[camera_raw_files.Tag] = [(271, camera_raw_files.ASCII, b"Canon\0")]
    path.write_bytes(camera_raw_files.canon_boxes(main, camera_raw_files.CAMERA, camera_raw_files.PLACE))
    found = raw_exif.read(path, "cr3")
    assert (found.main[271], found.camera[42036], found.place[1]) == ("Canon", "Summar 50", "N")
    content = path.read_bytes()
    for at in range(0, len(content), 7):  # cut anywhere, it says less and raises nothing
        path.write_bytes(content[:at])
        raw_exif.read(path, "cr3")


@pytest.mark.parametrize("head", [b"IIRO", b"IIU\0"])
def test_what_olympus_and_panasonic_wrote_stands_behind_heads_of_their_own(
    tmp_path: Path, head: bytes
) -> None:
    path = tmp_path / "shot"
    path.write_bytes(head + Dng(SHOT).content()[4:])
    found = raw_exif.read(path, "orf")
    assert (found.main[271], found.camera[42036], found.place[3]) == ("Leitz", "Summar 50", "E")


def test_attribution_goes_into_what_is_made_and_nothing_else(tmp_path: Path, make: Make) -> None:
    source = Dng(SHOT, GREY).put(tmp_path / "shot.dng")
    with Image.open(make(source, "w_100,fl_keep_attribution", "jpg")) as made:
        assert dict(made.getexif()).get(315) == "Ilse"
        assert set(made.getexif()) <= {315, 34665, 282, 283, 296, 274}
    assert b"Summar" not in make(source, "w_100", "jpg").read_bytes()
