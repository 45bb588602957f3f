"""Which part of a camera raw picture is opened for which size, as numbers."""

import dataclasses

import pytest

from picturerail.errors import TooLarge
from picturerail.transform import intermediates
from picturerail.transform.boxes import Size
from picturerail.transform.grammar import parse
from picturerail.transform.plan import Output, Plan, make_plan
from picturerail.transform.probe import Limits, SourceInfo, check
from picturerail.transform.steps import Crop, Resize

NIKON = SourceInfo("nef", 6048, 4024, preview=(6000, 4000), whole=True)  # 24 megapixels
SONY = SourceInfo("arw", 6000, 4000, preview=(1616, 1080), whole=True)
LARGE = SourceInfo("arw", 9504, 6336, preview=(9504, 6336), whole=True)  # 60 megapixels
SMALL_PREVIEW = dataclasses.replace(LARGE, preview=(1616, 1077))
BARE = dataclasses.replace(SONY, preview=())


def plan(source: SourceInfo, text: str) -> Plan:
    return make_plan(parse(text), source, Output("jpg", max_pixels=80_000_000))


def way(source: SourceInfo, text: str) -> str:
    load = plan(source, text).load
    return "preview" if load.preview else "half" if load.shrink == 2 else "whole"


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        (NIKON, "w_1000", "preview"),
        (NIKON, "w_6000", "preview"),
        (NIKON, "", "whole"),
        (NIKON, "c_crop,w_500,h_500", "whole"),
        (NIKON, "c_crop,w_500,h_500/w_400", "preview"),
        (SONY, "w_1600", "preview"),
        (SONY, "w_1700", "half"),
        (SONY, "w_3000", "half"),
        (SONY, "w_3001", "whole"),
        (SONY, "c_crop,w_500,h_500/w_130", "preview"),
        (SONY, "c_crop,w_500,h_500/w_250", "half"),
        (BARE, "w_100", "half"),
        (BARE, "w_5000", "whole"),
        (LARGE, "", "preview"),  # 830 MB, which no image worker has
        (SMALL_PREVIEW, "", "half"),
        (SMALL_PREVIEW, "w_1600", "preview"),
    ],
)
def test_way(source: SourceInfo, text: str, expected: str) -> None:
    assert way(source, text) == expected


@pytest.mark.parametrize(
    "source", [NIKON, SONY, LARGE, SMALL_PREVIEW, BARE, dataclasses.replace(SONY, orientation=6)]
)
@pytest.mark.parametrize(
    "text", ["", "w_900", "c_crop,w_3000,h_2000,x_1000,y_100", "c_crop,w_900,h_900,x_5000/w_300"]
)
def test_steps_lie_inside_of_what_is_opened_and_give_the_size_that_was_asked_for(
    source: SourceInfo, text: str
) -> None:
    if source.orientation >= 5:
        source = dataclasses.replace(source, width=source.height, height=source.width)
        text = text.replace("x_5000", "x_3000")
    made = plan(source, text)
    width, height = made.load.width // made.load.shrink, made.load.height // made.load.shrink
    for step in made.steps:
        if isinstance(step, Crop):
            assert 0 <= step.x <= width - step.width
            assert 0 <= step.y <= height - step.height
        size = step.size_after(Size(width, height))
        width, height = size.width, size.height
    assert (width, height) == (made.width, made.height)


def test_what_has_no_mosaic_that_can_be_read_is_always_its_preview() -> None:
    source = SourceInfo("cr3", 3000, 2000, preview=(3000, 2000), preview_only=True, whole=True)
    for text in ("", "w_10", "c_scale,w_4000", "c_crop,w_100,h_100"):
        assert way(source, text) == "preview"


def test_reduced_copies_are_those_of_a_large_preview() -> None:
    assert intermediates.intermediates_of(NIKON) == intermediates.INTERMEDIATES
    assert intermediates.intermediates_of(SONY) == intermediates.intermediates_of(BARE) == ()
    made = intermediates.on_intermediate(plan(NIKON, "w_400"), NIKON)
    assert made.load.intermediate
    assert intermediates.intermediate_under(made) is intermediates.SMALL
    assert intermediates.plan_intermediate(intermediates.LARGE, NIKON).load.preview
    cut = intermediates.on_intermediate(plan(NIKON, "c_crop,w_3024,h_2012,x_3024,y_2012/w_200"), NIKON)
    assert cut.steps[0] == Crop(640, 426, 640, 426)
    assert intermediates.on_intermediate(plan(NIKON, "w_4000"), NIKON).load.preview


def test_a_plan_tells_in_json_what_is_opened() -> None:
    made = plan(SONY, "w_800")
    assert Plan.from_json(made.to_json()) == made
    assert isinstance(made.steps[0], Resize)
    assert "preview" not in plan(BARE, "w_800").to_json()["load"], "what was made before keeps its key"


def test_sixty_megapixels_are_taken_and_a_hundred_refused_before_they_are_decoded() -> None:
    check(LARGE, Limits())
    with pytest.raises(TooLarge, match="while this kind of file is decoded"):
        check(SourceInfo("raf", 11662, 8746, whole=True), Limits())
