"""Ultra HDR: the gain map lies on the picture after each step as it did before, judged by Pillow.

The map is read as the second picture of the file (MPO), and a highlight tells where it lies: the picture is white
there, and the map bright.
"""

from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageOps

from picturerail.transform import intermediates
from picturerail.transform.grammar import parse
from picturerail.transform.pixels import execute
from picturerail.transform.pixels.analysis import probe
from picturerail.transform.pixels.decode import loaders
from picturerail.transform.plan import Output, make_plan
from picturerail.transform.probe import Limits
from tests import pictures
from tests.transform.conftest import Make

WIDTH, HEIGHT = 800, 600
LAMP = (520, 120, 680, 240)  # the highlight: left, top, right, bottom


def ultra_hdr(path: Path, width: int = WIDTH, height: int = HEIGHT, orientation: int = 0) -> Path:
    """A dim room with a lamp four times as bright as white, by libultrahdr."""
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    light = np.stack(
        [0.1 + across / width * 0.2, 0.1 + down / height * 0.2, np.full_like(across, 0.15)], axis=-1
    )
    left, top, right, bottom = (round(side * width / WIDTH) for side in LAMP)
    light[top:bottom, left:right] = 4.0
    image = pyvips.Image.new_from_array(light).copy(interpretation="scrgb")
    image.uhdrsave(str(path), Q=95)
    if orientation:
        content = path.read_bytes()
        block = Image.Exif()
        block[0x0112] = orientation
        # in front of the JFIF head of libultrahdr's file stands nothing, so a second EXIF segment would not count
        at = content.index(b"Exif\0\0")
        own = content[at - 4 : at - 2 + int.from_bytes(content[at - 2 : at])]
        exif = block.tobytes()
        path.write_bytes(content.replace(own, b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif, 1))
    return path


def layers(path: Path) -> tuple[Image.Image, Image.Image]:
    """The picture and its map, as Pillow finds them in the file."""
    with Image.open(path) as opened:
        assert (opened.format, getattr(opened, "n_frames", 1)) == ("MPO", 2)
        picture = opened.convert("RGB")
        opened.seek(1)
        return picture, opened.convert("L")


def box(picture: Image.Image, scale: float = 1.0) -> tuple[float, ...]:
    """Where the highlight lies, in points of the picture."""
    bright = np.asarray(picture.convert("L")).astype(int)
    rows, columns = np.nonzero(bright > (bright.min() + bright.max()) / 2)
    left, top, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    return (left * scale, top * scale, right * scale, bottom * scale)


STEPS = (
    "w_400",
    "w_333",
    "c_scale,w_1200",
    "c_crop,w_301,h_203,x_450,y_91",
    "c_crop,w_301,h_203,x_450,y_91/w_150",
    "c_fill,w_300,h_300,g_north_east",
    "a_90/w_201",
    "a_180",
    "a_hflip",
    "a_vflip/c_crop,w_500,h_400,g_south_east/a_270/w_211",
)


@pytest.mark.parametrize("text", STEPS)
def test_the_map_lies_on_the_picture_after_each_step(tmp_path: Path, make: Make, text: str) -> None:
    source = ultra_hdr(tmp_path / "room.jpg")
    assert loaders.read_header(source).gain_map
    picture, found = layers(make(source, f"{text},q_95" if "/" not in text else f"{text}/q_95", "jpg"))
    scale = picture.width / found.width
    assert scale == pytest.approx(2, rel=0.03)
    assert picture.height / found.height == pytest.approx(scale, rel=0.03)
    assert box(found, scale) == pytest.approx(box(picture), abs=1.6 * max(1, scale / 2))


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_the_map_is_turned_as_the_camera_was_held(tmp_path: Path, make: Make, orientation: int) -> None:
    source = ultra_hdr(tmp_path / "room.jpg", orientation=orientation)
    info = loaders.read_header(source)
    assert (info.orientation, info.gain_map) == (orientation, True)
    picture, found = layers(make(source, "w_240,q_95", "jpg"))
    with Image.open(source) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGB").resize(picture.size)
    assert box(picture) == pytest.approx(box(upright), abs=2)
    assert box(found, picture.width / found.width) == pytest.approx(box(picture), abs=2)


def test_who_can_show_more_is_told_the_same_light(tmp_path: Path, make: Make) -> None:
    source = ultra_hdr(tmp_path / "room.jpg")
    before = pyvips.Image.uhdrload(str(source)).uhdr2scRGB()
    after = pyvips.Image.uhdrload(str(make(source, "w_400,q_95", "jpg"))).uhdr2scRGB()
    for x, y in ((300, 90), (100, 200), (350, 280)):
        assert after(x, y) == pytest.approx(before(2 * x, 2 * y), rel=0.12, abs=0.01)
    assert max(after(300, 90)) > 2.5, "brighter than white"


def test_who_cannot_sees_the_picture_as_if_there_were_no_map(tmp_path: Path, make: Make) -> None:
    source = ultra_hdr(tmp_path / "room.jpg")
    plain = tmp_path / "plain.jpg"
    pyvips.Image.jpegload(str(source)).jpegsave(str(plain), Q=98, subsample_mode="off", keep="icc")
    with Image.open(make(source, "w_300,q_95", "jpg")) as opened:
        shown = np.asarray(opened.convert("RGB")).astype(int)
    with Image.open(make(plain, "w_300,q_95", "jpg")) as opened:
        expected = np.asarray(opened.convert("RGB")).astype(int)
    assert np.abs(shown - expected).mean() < 2


@pytest.mark.parametrize("kind", ["webp", "avif", "png"])
def test_other_formats_have_no_map(tmp_path: Path, make: Make, kind: str) -> None:
    content = make(ultra_hdr(tmp_path / "room.jpg"), "w_200", kind).read_bytes()
    assert b"21496" not in content


@pytest.mark.parametrize(
    "text", ["e_sepia", "a_10", "r_20", "c_pad,w_900,h_900", "o_50", "e_hue:9/w_100", "dn_72"]
)
def test_steps_that_do_more_than_move_points_end_it(tmp_path: Path, make: Make, text: str) -> None:
    assert b"21496" not in make(ultra_hdr(tmp_path / "room.jpg"), text, "jpg").read_bytes()


def test_the_reduced_copies_have_it_and_what_is_made_of_them(tmp_path: Path) -> None:
    source = ultra_hdr(tmp_path / "room.jpg", 3200, 2400)
    info = probe.gather(source, Limits(), copies=True).info
    for copy in intermediates.INTERMEDIATES:
        beside, again = intermediates.beside(source, copy), tmp_path / "again.jpg"
        picture, found = layers(beside)
        assert box(found, picture.width / found.width) == pytest.approx(box(picture), abs=3)
        execute.render(source, intermediates.plan_intermediate(copy, info), again, Limits(), {})
        assert again.read_bytes() == beside.read_bytes()
    plan = intermediates.on_intermediate(make_plan(parse("w_500,q_80"), info, Output("jpg")), info)
    assert (plan.load.intermediate, plan.load.gain_map) == (True, True)
    execute.render(
        intermediates.beside(source, intermediates.SMALL), plan, tmp_path / "out.jpg", Limits(), {}
    )
    picture, found = layers(tmp_path / "out.jpg")
    assert picture.size == (500, 375)
    assert box(found, picture.width / found.width) == pytest.approx(box(picture), abs=3)


def test_nothing_else_of_the_file_comes_along(tmp_path: Path, make: Make) -> None:
    source = ultra_hdr(tmp_path / "room.jpg", orientation=6)
    content = source.read_bytes()
    secret = Image.Exif()
    secret[0x010F], secret[0x0112] = "SERIAL-4711", 1
    secret.get_ifd(0x8825).update({1: "N", 2: (52.0, 30.0, 1.0)})
    at = content.index(b"Exif\0\0")
    own = content[at - 4 : at - 2 + int.from_bytes(content[at - 2 : at])]
    block = secret.tobytes()
    source.write_bytes(content.replace(own, b"\xff\xe1" + (len(block) + 2).to_bytes(2) + block, 1))
    assert b"SERIAL" in source.read_bytes()
    for text in ("w_200", "w_200,fl_keep_attribution"):
        made = make(source, text, "jpg").read_bytes()
        assert b"21496" in made
        assert b"SERIAL" not in made
        assert b"GPS" not in made


def test_a_damaged_map_costs_the_map_only(tmp_path: Path, make: Make) -> None:
    content = bytearray(ultra_hdr(tmp_path / "room.jpg").read_bytes())
    start = content.index(b"\xff\xd8", 100)
    content[start + 20 : start + 400] = bytes(380)
    source = tmp_path / "damaged.jpg"
    source.write_bytes(content)
    with Image.open(make(source, "w_200", "jpg")) as picture:
        assert picture.size == (200, 150)


def test_a_map_is_decoded_with_the_picture_only_and_no_larger_one_than_that_may_be(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file can hold a huge map, and who reads a header decodes nothing."""
    source = ultra_hdr(tmp_path / "room.jpg")
    with monkeypatch.context() as undecoded:
        undecoded.setattr("picturerail.transform.pixels.ultra_hdr.read", lambda _: pytest.fail("decoded"))
        assert loaders.read_header(source).gain_map
    monkeypatch.setattr("picturerail.transform.pixels.ultra_hdr.MAX_MAP", 10_000)
    assert not loaders.read_header(source).gain_map
    with Image.open(make(source, "w_200", "jpg")) as picture:
        assert (picture.format, picture.size) == ("JPEG", (200, 150))


def test_a_plain_jpeg_is_not_looked_at_for_one(tmp_path: Path) -> None:
    assert not loaders.read_header(pictures.saved(pictures.photo("cat"), tmp_path / "cat.jpg")).gain_map
