"""What the official SDK writes is what we understand."""

from typing import Any

import cloudinary
import pytest
from cloudinary.utils import generate_transformation_string

from picturerail.transform.grammar import canonical, parse
from picturerail.transform.plan import Context, Face, LayerAsset, Output, make_plan
from picturerail.transform.probe import SourceInfo

LOGO = LayerAsset(SourceInfo("png", 80, 40, has_alpha=True, bands=4), "logo")
CONTEXT = Context(
    named=lambda _: parse("w_100"),
    layer=lambda _kind, _name: LOGO,
    faces=lambda: (Face(0.3, 0.3, 0.2, 0.2),),
    tags=("tag1",),
)

OPTIONS: list[tuple[dict[str, Any], tuple[int, int]]] = [
    ({"width": 100, "height": 50, "crop": "fill", "gravity": "auto"}, (100, 50)),
    ({"width": 100, "height": 101, "crop": "crop"}, (100, 101)),
    ({"size": "10x20", "crop": "fill"}, (10, 20)),
    ({"width": 0.5, "crop": "scale"}, (200, 150)),
    ({"width": "iw", "crop": "scale"}, (400, 300)),
    (
        {
            "x": 1,
            "y": 2,
            "radius": 3,
            "gravity": "center",
            "quality": 0.4 * 100,
            "crop": "crop",
            "width": 20,
            "height": 30,
        },
        (20, 30),
    ),
    ({"quality": "auto:eco", "fetch_format": "auto", "width": 200}, (200, 150)),
    ({"quality": "80:444", "width": 200, "crop": "limit"}, (200, 150)),
    ({"angle": [45, "auto_right"]}, (494, 494)),
    ({"angle": 90}, (300, 400)),
    ({"radius": [10, 20], "background": "#112233"}, (400, 300)),
    ({"radius": "max", "border": {"width": 5, "color": "#00390b"}}, (410, 310)),
    ({"border": "1px_solid_blue"}, (402, 302)),
    ({"effect": "sepia"}, (400, 300)),
    ({"effect": ["hue", 30]}, (400, 300)),
    ({"effect": "blur:200", "opacity": 40}, (400, 300)),
    ({"flags": ["progressive", "lossy"]}, (400, 300)),
    ({"dpr": "2.0", "width": 100}, (200, 150)),
    ({"dpr": "auto", "width": "auto", "crop": "fill"}, (400, 300)),
    ({"aspect_ratio": "16:9", "width": 160, "crop": "fill"}, (160, 90)),
    ({"transformation": ["blip", "blop"]}, (100, 75)),
    ({"transformation": [{"width": 100}, {"angle": 90}]}, (75, 100)),
    ({"overlay": "folder:logo", "width": 40, "gravity": "north_west"}, (400, 300)),
    ({"overlay": {"font_family": "Arial", "font_size": 20, "text": "Cloudinary, for /you"}}, (400, 300)),
    (
        {
            "overlay": {"font_family": "Arial", "font_size": 20, "font_weight": "bold", "text": "x"},
            "color": "red",
        },
        (400, 300),
    ),
    ({"overlay": {"url": "https://example.com/a.png"}}, (400, 300)),
    ({"underlay": "logo", "effect": "blur"}, (400, 300)),
    ({"if": "w < 1000", "crop": "fill", "width": 80, "height": 120}, (80, 120)),
    (
        {"transformation": [{"if": "w > 1000"}, {"width": 10}, {"if": "else"}, {"width": 20}, {"if": "end"}]},
        (20, 15),
    ),
    ({"if": "!tag1! in tags && aspect_ratio > 1.0", "width": 100}, (100, 75)),
    ({"transformation": [{"$foo": 10}, {"width": "$foo * 2 + 5"}]}, (25, 19)),
    ({"variables": [["$z", 5], ["$foo", "$z * 2"]], "width": "$foo"}, (10, 8)),
    ({"width": "initial_width / 4", "height": "initial_height / 2", "crop": "fill"}, (100, 150)),
    ({"default_image": "fallback.png"}, (400, 300)),
    ({"color_space": "srgb"}, (400, 300)),
    ({"zoom": 0.8, "gravity": "face", "crop": "thumb", "width": 90, "height": 90}, (90, 90)),
]


@pytest.mark.parametrize(("options", "size"), OPTIONS, ids=[str(options) for options, _ in OPTIONS])
def test_it_is_understood(options: dict[str, Any], size: tuple[int, int]) -> None:
    cloudinary.reset_config()
    text, _ = generate_transformation_string(**options)
    transformation = parse(text)
    assert parse(canonical(transformation)) == transformation
    plan = make_plan(transformation, SourceInfo("jpg", 400, 300), Output("png"), CONTEXT)
    assert (plan.width, plan.height) == size, text
