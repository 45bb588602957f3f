"""The reduced copy of a large photograph: which pictures are made from it, where its boxes lie, how good they look."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from picturerail.transform import intermediates
from picturerail.transform.grammar import parse
from picturerail.transform.pixels import execute
from picturerail.transform.pixels.analysis import probe
from picturerail.transform.plan import Output, Plan, make_plan
from picturerail.transform.probe import Limits, SourceInfo
from picturerail.transform.steps import Crop, Resize
from tests import pictures

CAMERA = SourceInfo("jpg", 4000, 3000)


def _plan(transformation: str, source: SourceInfo = CAMERA, output: str = "jpg") -> Plan:
    return make_plan(parse(transformation), source, Output(output))


HEIC = SourceInfo("heic", 4000, 3000)
PNG = SourceInfo("png", 4000, 3000)


@pytest.mark.parametrize(
    ("transformation", "source", "output", "side"),
    [
        ("c_scale,w_800", CAMERA, "jpg", 1280),
        ("c_scale,w_853", CAMERA, "jpg", 1280),
        ("c_scale,w_854", CAMERA, "jpg", 2048),  # too little room
        ("c_scale,w_1365", CAMERA, "jpg", 2048),
        ("c_scale,w_1366", CAMERA, "jpg", 0),
        ("c_fill,w_400,h_400", CAMERA, "jpg", 1280),
        ("c_fill,w_400,h_400", CAMERA, "webp", 2048),
        ("c_crop,w_2000,h_2000,x_0,y_0/c_scale,w_500", CAMERA, "jpg", 2048),
        ("c_crop,w_1000,h_1000,x_0,y_0/c_scale,w_500", CAMERA, "jpg", 0),
        ("c_crop,w_300,h_300", CAMERA, "jpg", 0),  # pixels as they are
        ("e_grayscale", CAMERA, "jpg", 0),
        ("c_scale,w_800,q_85", CAMERA, "jpg", 1280),
        ("c_scale,w_800,q_86", CAMERA, "jpg", 2048),  # would show the small copy's own encoding
        ("c_scale,w_800,q_auto", CAMERA, "jpg", 1280),
        ("c_scale,w_800,q_auto:best", CAMERA, "jpg", 2048),
        ("c_scale,w_800", CAMERA, "png", 2048),
        ("c_scale,w_800", SourceInfo("jpg", 2559, 1000), "jpg", 0),
        ("c_scale,w_800", SourceInfo("jpg", 2560, 1000), "jpg", 1280),
        ("c_scale,w_800", HEIC, "jpg", 1280),
        ("c_scale,w_1000", SourceInfo("avif", 4000, 3000), "webp", 2048),
        ("c_scale,w_800", SourceInfo("webp", 4000, 3000), "avif", 2048),
        ("c_scale,w_800", PNG, "jpg", 1280),
        ("c_scale,w_800", PNG, "png", 0),  # of a drawing: nothing may be lost
        ("c_scale,w_800", SourceInfo("png", 4000, 3000, has_alpha=True), "webp", 0),
        ("c_scale,w_800", SourceInfo("webp", 4000, 3000, frames=3), "webp", 0),
        ("c_scale,w_800", SourceInfo("gif", 4000, 3000, frames=3), "gif", 0),
        ("c_scale,w_800", SourceInfo("tiff", 4000, 3000), "jpg", 0),
    ],
)
def test_which_pictures_are_made_from_which_copy(
    transformation: str, source: SourceInfo, output: str, side: int
) -> None:
    plan = _plan(transformation, source, output)
    worked = intermediates.on_intermediate(plan, source)
    copy = intermediates.intermediate_under(worked)
    assert (copy.side if copy else 0) == side
    assert (worked == plan) is (side == 0)
    assert (worked.width, worked.height, worked.encoding) == (plan.width, plan.height, plan.encoding)
    assert intermediates.on_intermediate(worked, source) == worked


def test_the_copies_are_made_from_the_original() -> None:
    for copy, size in zip(intermediates.intermediates_of(CAMERA), ((1280, 960), (2048, 1536)), strict=True):
        plan = intermediates.plan_intermediate(copy, CAMERA)
        assert (plan.width, plan.height) == size
        assert intermediates.on_intermediate(plan, CAMERA) == plan


def test_a_turned_photograph_keeps_its_turn() -> None:
    source = SourceInfo("jpg", 3000, 4000, orientation=6)
    plan = intermediates.on_intermediate(_plan("c_scale,w_600", source), source)
    assert (plan.load.width, plan.load.height) == (1280, 960)
    assert plan.steps[0] == Resize(800, 600)


@given(
    st.integers(2560, 9000),
    st.integers(1, 9000),
    st.integers(1, 1300),
    st.integers(1, 1300),
    st.sampled_from("nsc"),
)
def test_boxes_lie_within_the_copy(width: int, height: int, w: int, h: int, side: str) -> None:
    gravity = {"n": "north_west", "s": "south_east", "c": "center"}[side]
    source = SourceInfo("jpg", width, height)
    plan = intermediates.on_intermediate(_plan(f"c_fill,w_{w},h_{h},g_{gravity}", source), source)
    if plan.load.intermediate and isinstance(box := plan.steps[0], Crop):
        shrink = plan.load.shrink
        assert box.x >= 0
        assert box.y >= 0
        assert (box.x + box.width) * shrink <= plan.load.width
        assert (box.y + box.height) * shrink <= plan.load.height
        assert min(box.width, box.height) > 0


@pytest.fixture(scope="module")
def photograph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    large = pictures.photo("astronaut", (4000, 3000))
    return pictures.oriented(large, tmp_path_factory.mktemp("large") / "photograph.jpg", 6)


def _made(path: Path, plan: Plan, target: Path) -> Image.Image:
    execute.render(path, plan, target, Limits(), {})
    return Image.open(io.BytesIO(target.read_bytes())).convert("RGB")


@pytest.mark.parametrize(
    ("transformation", "centre"),
    [
        ("c_scale,w_600", (0.5, 0.5)),
        ("c_fill,w_300,h_500,g_north_east", (1, 0)),
        ("c_thumb,w_90,h_90", (0.5, 0.5)),
        ("c_scale,w_900", (0.5, 0.5)),
    ],
)
def test_it_looks_like_the_original(
    photograph: Path, tmp_path: Path, transformation: str, centre: tuple[float, float]
) -> None:
    """As near to Pillow's picture of the original as ours of the original is: the same place, the same pixels."""
    source = SourceInfo("jpg", 3000, 4000, orientation=6)
    plan = _plan(transformation, source)
    worked = intermediates.on_intermediate(plan, source)
    copy = intermediates.intermediate_under(worked)
    assert copy
    execute.render(
        photograph, intermediates.plan_intermediate(copy, source), tmp_path / "copy.jpg", Limits(), {}
    )
    upright = ImageOps.exif_transpose(Image.open(photograph)).convert("RGB")
    truth = ImageOps.fit(upright, (plan.width, plan.height), Image.Resampling.LANCZOS, centering=centre)
    direct = _distance(_made(photograph, plan, tmp_path / "direct.jpg"), truth)
    assert _distance(_made(tmp_path / "copy.jpg", worked, tmp_path / "found.jpg"), truth) < direct + 0.2


def _distance(one: Image.Image, other: Image.Image) -> float:
    assert one.size == other.size
    return float(np.abs(np.asarray(one, int) - np.asarray(other, int)).mean())


def _source(tmp_path: Path, kind: str) -> Path:
    picture = pictures.photo("astronaut", (2700, 400))  # as wide as a large one: what is encoded takes long
    if kind == "heic":
        (tmp_path / "source.heic").write_bytes(pictures.heic(picture))
        return tmp_path / "source.heic"
    options: dict[str, Any] = {
        "jpg": {"icc_profile": pictures.swapped_profile()},
        "progressive.jpg": {"progressive": True},
        "png": {"compress_level": 1},
        "webp": {"quality": 80, "method": 0},
    }
    return pictures.saved(picture, tmp_path / f"source.{kind}", **options[kind])


@pytest.mark.parametrize(
    "kind", ["jpg", "progressive.jpg", "png", "webp", pytest.param("heic", marks=pytest.mark.costly)]
)
def test_the_look_at_an_upload_makes_the_very_copies_of_the_plans(tmp_path: Path, kind: str) -> None:
    source = _source(tmp_path, kind)
    seen = probe.gather(source, Limits(), copies=True)
    assert probe.gather(source, Limits()) == seen
    for copy in intermediates.intermediates_of(seen.info):
        execute.render(
            source, intermediates.plan_intermediate(copy, seen.info), tmp_path / "alone.jpg", Limits(), {}
        )
        assert intermediates.beside(source, copy).read_bytes() == (tmp_path / "alone.jpg").read_bytes()
