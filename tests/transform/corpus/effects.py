"""Cases of effects: each by its name, by the ends and the middle of its first number, and in its own words."""

import math
from collections.abc import Iterator
from itertools import product

from picturerail.transform.language.effect_table import BLENDS, EFFECTS
from picturerail.transform.language.looks import LOOKS
from picturerail.transform.language.values import Level, Number
from tests.transform.corpus.case import HEIGHT, WIDTH, Case, Options

CLEARING = (
    "make_transparent",
    "gradient_fade",
    "dropshadow",
    "shadow",
    "shear",
    "distort",
    "opacity_threshold",
    "outline",
)


def effects() -> Iterator[Case]:
    """Each effect by its name alone, and with the ends and the middle of what its first number may be."""
    for record in EFFECTS.values():
        if record.name in BLENDS or record.name in ("recolor", "distort"):
            continue
        sized = None if record.name in ("shear", "dropshadow", "shadow", "trim") else (WIDTH, HEIGHT)
        clear = None if record.name in CLEARING else False
        yield Case({"effect": record.sample}, sized, clear)
        numbers = [one.kind for one in record.arguments[:1] if isinstance(one.kind, Level | Number)]
        for number in numbers:
            span = number.high - number.low
            for part in (0, 0.1, 0.3, 0.5, 0.8, 1):
                yield Case({"effect": f"{record.name}:{round(number.low + span * part)}"}, sized, clear)
        yield Case(
            {"transformation": [{"width": 60, "crop": "scale"}, {"effect": record.sample}]},
            (60, 40) if sized else None,
            clear,
        )
    for look in LOOKS:
        yield Case({"effect": f"art:{look}"})
    for sight in (
        "protanopia",
        "deuteranopia",
        "tritanopia",
        "protanomaly",
        "tritanomaly",
        "rod_monochromacy",
        "cone_monochromacy",
    ):
        yield Case({"effect": f"simulate_colorblind:{sight}"})
    for strength in (1, 20, 100, "xray"):
        yield Case({"effect": f"assist_colorblind:{strength}"})
    for pattern in range(19):
        yield Case({"effect": f"ordered_dither:{pattern}"})
    for matrix in (
        "0.3:0.7:0.1:0.3:0.6:0.1:0.2:0.5:0.1",
        "1:0:0:0:0:1:0:0:0:0:1:0:0:0:0:1",
        "0.2:-0.5:1:1:0:0:0:1:0",
    ):
        yield Case({"effect": f"recolor:{matrix}"})
    for across, down in product((-40, -10, 0, 25), (-20, 0, 15)):
        width, height = (math.tan(math.radians(abs(part))) for part in (across, down))
        size = max(1, round(WIDTH + width * HEIGHT)), max(1, round(HEIGHT + height * WIDTH))
        yield Case({"effect": f"shear:{across}:{down}"}, size, None)
    for corners in (
        (0, 0, 120, 0, 120, 80, 0, 80),
        (10, 5, 100, 0, 120, 80, 0, 60),
        (-20, 0, 140, 10, 110, 90, 5, 70),
    ):
        size = max(corners[::2]) - min(corners[::2]), max(corners[1::2]) - min(corners[1::2])
        yield Case({"effect": f"distort:{':'.join(map(str, corners))}"}, size, None)
    for degrees in (5, 45, 90, 180, 270, 360):
        yield Case({"effect": f"distort:arc:{degrees}"}, None, clear=True)
    places: tuple[Options, ...] = ({"x": 0.3}, {"y": -0.4}, {"x": 10, "y": 5})
    for kind, strength, edge in product(("", "symmetric:", "symmetric_pad:"), (5, 20, 90), places):
        yield Case({"effect": f"gradient_fade:{kind}{strength}", "background": "red", **edge}, clear=None)
    for azimuth, elevation, spread in product((0, 90, 200, 359), (10, 80), (0, 60)):
        yield Case(
            {"effect": f"dropshadow:azimuth_{azimuth};elevation_{elevation};spread_{spread}"}, None, None
        )
    for mode, width in product(("outer", "inner", "inner_fill", "fill"), (1, 8)):
        yield Case({"effect": f"outline:{mode}:{width}:50", "color": "red"}, clear=None)
    for arguments in (
        "50:red",
        "equalize:80:blue:red",
        "100:red:0p:white:10p:blue",
        "40:red:blue:gold:green",
        "equalize:20:navy:orange",
    ):
        yield Case({"effect": f"tint:{arguments}"})
    for arguments in ("blue", "saddlebrown:30", "2F4F4F:20", "red:50:gold", "ffa50080:20"):
        yield Case({"effect": f"replace_color:{arguments}"})
    for name in ("blur_region", "pixelate_region"):
        for place in (
            {},
            {"x": 10, "y": 10, "width": 40, "height": 30},
            {"gravity": "faces"},
            {"x": 0.5, "width": 0.3},
        ):
            yield Case({"effect": f"{name}:30", **place})
