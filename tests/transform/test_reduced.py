"""The reduced copy of a large photograph: which pictures are made from it, where its boxes lie, how good they look."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from picturerail.transform import reduced
from picturerail.transform.grammar import parse
from picturerail.transform.pixels import execute
from picturerail.transform.plan import Output, Plan, make_plan
from picturerail.transform.probe import Limits, SourceInfo
from picturerail.transform.steps import Crop, Resize
from tests import pictures

CAMERA = SourceInfo("jpg", 4000, 3000)


def _plan(transformation: str, source: SourceInfo = CAMERA, output: str = "jpg") -> Plan:
    return make_plan(parse(transformation), source, Output(output))


@pytest.mark.parametrize(
    ("transformation", "source", "from_copy"),
    [
        ("c_scale,w_800", CAMERA, True),
        ("c_fill,w_400,h_400", CAMERA, True),
        ("c_crop,w_2000,h_2000,x_0,y_0/c_scale,w_500", CAMERA, True),
        ("c_scale,w_1365", CAMERA, True),
        ("c_scale,w_1366", CAMERA, False),  # too little room
        ("c_crop,w_1000,h_1000,x_0,y_0/c_scale,w_500", CAMERA, False),
        ("c_crop,w_300,h_300", CAMERA, False),  # pixels as they are
        ("e_grayscale", CAMERA, False),
        ("c_scale,w_800", SourceInfo("jpg", 2559, 1000), False),
        ("c_scale,w_800", SourceInfo("jpg", 2560, 1000), True),
        ("c_scale,w_800", SourceInfo("png", 4000, 3000), False),  # drawings and text would show the encoding
        ("c_scale,w_800", SourceInfo("gif", 4000, 3000, frames=3), False),
    ],
)
def test_which_pictures_are_made_from_the_copy(
    transformation: str, source: SourceInfo, from_copy: bool
) -> None:
    plan = _plan(transformation, source)
    worked = reduced.on_copy(plan)
    assert worked.opening.reduced is from_copy
    assert (worked == plan) is not from_copy
    assert (worked.width, worked.height, worked.encoding) == (plan.width, plan.height, plan.encoding)
    assert reduced.on_copy(worked) == worked


def test_the_copy_is_made_from_the_original() -> None:
    copy = reduced.plan_copy(_plan("c_scale,w_800").opening)
    assert (copy.width, copy.height) == (2048, 1536)
    assert reduced.on_copy(copy) == copy


def test_a_turned_photograph_keeps_its_turn() -> None:
    plan = reduced.on_copy(_plan("c_scale,w_600", SourceInfo("jpg", 3000, 4000, orientation=6)))
    assert (plan.opening.width, plan.opening.height) == (2048, 1536)
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
    plan = reduced.on_copy(_plan(f"c_fill,w_{w},h_{h},g_{gravity}", SourceInfo("jpg", width, height)))
    if plan.opening.reduced and isinstance(box := plan.steps[0], Crop):
        shrink = plan.opening.shrink
        assert box.x >= 0
        assert box.y >= 0
        assert (box.x + box.width) * shrink <= plan.opening.width
        assert (box.y + box.height) * shrink <= plan.opening.height
        assert min(box.width, box.height) > 0


@pytest.fixture(scope="module")
def photograph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    large = pictures.photo("astronaut", (4000, 3000))
    return pictures.oriented(large, tmp_path_factory.mktemp("large") / "photograph.jpg", 6)


def _made(path: Path, plan: Plan, target: Path) -> Image.Image:
    execute.render(path, plan, target, Limits(), {})
    return Image.open(io.BytesIO(target.read_bytes())).convert("RGB")


@pytest.mark.parametrize(
    "transformation", ["c_scale,w_600", "c_fill,w_300,h_500,g_north_east", "c_thumb,w_90,h_90"]
)
def test_it_looks_like_the_original(photograph: Path, tmp_path: Path, transformation: str) -> None:
    """Against the same picture from the original: the same place, and nearly the same pixels."""
    plan = _plan(transformation, SourceInfo("jpg", 3000, 4000, orientation=6))
    execute.render(photograph, reduced.plan_copy(plan.opening), tmp_path / "copy.jpg", Limits(), {})
    worked = reduced.on_copy(plan)
    assert worked.opening.reduced
    wanted = _made(photograph, plan, tmp_path / "wanted.jpg")
    found = _made(tmp_path / "copy.jpg", worked, tmp_path / "found.jpg")
    assert found.size == wanted.size == (plan.width, plan.height)
    difference = np.abs(np.asarray(wanted, int) - np.asarray(found, int))
    assert difference.mean() < 2
