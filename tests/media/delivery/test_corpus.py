"""A sample of the corpus of transformations, asked for by the addresses that the SDK builds."""

import json
import uuid
from importlib import resources
from typing import Any

import cloudinary
import pytest
from cloudinary.utils import generate_transformation_string

from tests import pictures
from tests.files import opened
from tests.media.http import send, signed, upload
from tests.media_service import MediaService
from tests.transform.corpus.case import HEIGHT, WIDTH
from tests.transform.corpus.cases import cases, refusals

# need other assets, or faces
ELSEWHERE = ("overlay", "underlay", "transformation", "default_image", "page", "if")
PLAIN = [
    case
    for case in cases()
    if not any(key in case.options for key in ELSEWHERE)
    and "face" not in str(case.options)
    and "icc" not in str(case.options)
]
SAMPLE = PLAIN[::25]


def text_of(options: dict[str, Any]) -> str:
    cloudinary.reset_config()
    return str(generate_transformation_string(**options)[0])


@pytest.fixture(scope="module")
def name(cloud: MediaService) -> str:
    content = pictures.encoded(pictures.quadrants(WIDTH, HEIGHT), "PNG")
    got = upload(cloud, signed(cloud, public_id=f"c/{uuid.uuid4().hex}"), content)
    assert got.status == 200, got.body
    return str(json.loads(got.body)["public_id"])


def test_a_sample_of_the_corpus_is_delivered(cloud: MediaService, name: str) -> None:
    assert len(SAMPLE) > 40
    faults: list[tuple[object, ...]] = []
    for case in SAMPLE:
        text = text_of(case.options)
        got = send(f"{cloud.delivery}/image/upload/{text}/v1/{name}")
        if got.status != 200:
            faults.append((text, got.status, got.body[:200]))
        elif case.size and "ignore" not in text and opened(got.body).size != case.size:
            faults.append((text, opened(got.body).size, case.size))
    assert not faults


def test_a_sample_of_refusals(cloud: MediaService, name: str) -> None:
    for options in refusals()[::10]:
        text = text_of(options)
        got = send(f"{cloud.delivery}/image/upload/{text}/v1/{name}")
        assert got.status == 400, text
        assert "not supported" in got.body.decode()


@pytest.mark.parametrize(
    ("ending", "kind", "media_type"),
    [
        ("tiff", "TIFF", "image/tiff"),
        ("tif", "TIFF", "image/tiff"),
        ("bmp", "BMP", "image/bmp"),
        ("ico", "ICO", "image/x-icon"),
    ],
)
def test_formats_by_extension(
    cloud: MediaService, name: str, ending: str, kind: str, media_type: str
) -> None:
    got = send(f"{cloud.delivery}/image/upload/w_60/{name}.{ending}")
    assert (got.status, got.headers["content-type"]) == (200, media_type)
    assert (opened(got.body).format, opened(got.body).size) == (kind, (60, 40))


def test_stored_tiff_is_sent_as_pages_show_it(cloud: MediaService) -> None:
    content = pictures.encoded(pictures.quadrants(WIDTH, HEIGHT), "TIFF")
    got = upload(cloud, signed(cloud, public_id=f"c/{uuid.uuid4().hex}"), content)
    tiff = json.loads(got.body)["public_id"]
    assert opened(send(f"{cloud.delivery}/image/upload/w_60/{tiff}").body).format == "JPEG"
    assert opened(send(f"{cloud.delivery}/image/upload/w_60/{tiff}.tiff").body).format == "TIFF"
    assert send(f"{cloud.delivery}/image/upload/{tiff}").body == content


def test_tables_of_colours_and_profiles_are_raw_files(cloud: MediaService, name: str) -> None:
    table = "LUT_3D_SIZE 2\n" + "\n".join(
        f"{1 - r} {1 - g} {1 - b}" for b in (0, 1) for g in (0, 1) for r in (0, 1)
    )
    for file, content in (("negative.cube", table.encode()), ("swapped.icc", pictures.swapped_profile())):
        got = upload(cloud, signed(cloud, public_id=file), content, kind="raw", name=file)
        assert got.status == 200, got.body
    made = send(f"{cloud.delivery}/image/upload/l_lut:negative.cube/v1/{name}.png")
    assert made.status == 200, made.body
    assert opened(made.body).convert("RGB").getpixel((5, 5)) == (0, 255, 255)
    assert send(f"{cloud.delivery}/image/upload/cs_icc:swapped.icc/v1/{name}.png").status == 200
    assert send(f"{cloud.delivery}/image/upload/l_lut:none.cube/v1/{name}.png").status == 404


def test_fonts_of_ones_own_are_raw_and_authenticated(cloud: MediaService, name: str) -> None:
    """As Cloudinary's docs of custom fonts say: the address needs no signature, and the font itself stays closed."""
    fonts = resources.files("fontpkg_arimo") / "files"
    font = f"fonts/{uuid.uuid4().hex}.ttf"
    drawn = f"{cloud.delivery}/image/upload/l_text:{font.replace('/', ':')}_30:Own,co_red/v1/{name}.png"
    missing = send(drawn)
    assert (missing.status, font in missing.headers["x-cld-error"]) == (404, True)
    content = (fonts / "Arimo-Italic[wght].ttf").read_bytes()
    got = upload(cloud, signed(cloud, public_id=font, type="authenticated"), content, kind="raw", name=font)
    assert got.status == 200, got.body
    made, plain = send(f"{drawn}?anew"), send(drawn.replace(f"{font.replace('/', ':')}_30", "Arial_30"))
    assert (made.status, plain.status) == (200, 200), made.body
    assert made.body != plain.body
    assert send(f"{cloud.delivery}/raw/authenticated/v1/{font}").status == 401


@pytest.mark.parametrize(
    ("text", "hint", "width"),
    [
        ("w_auto:breakpoints_40_100_20_4", "55", 60),
        ("w_auto:breakpoints_40_100_20_4", "500", 100),
        ("w_auto:breakpoints_40_100_20_4", "10", 40),
        ("w_auto:breakpoints_40_100_20_4:80", "", 80),
        ("w_auto:breakpoints", "", WIDTH),
    ],
)
def test_breakpoints_are_the_rungs_of_a_ladder(
    cloud: MediaService, name: str, text: str, hint: str, width: int
) -> None:
    headers = {"Sec-CH-Width": hint} if hint else {}
    got = send(f"{cloud.delivery}/image/upload/c_scale,{text}/{name}.png", headers=headers)
    assert (got.status, opened(got.body).size[0]) == (200, width)
