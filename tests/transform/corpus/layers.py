"""Cases of layers: pictures and texts."""

from collections.abc import Iterator
from itertools import product

from picturerail.transform.language.effect_table import BLENDS
from tests.transform.corpus.case import COMPASS, HEIGHT, LAYER, WIDTH, Case, Options


def layers() -> Iterator[Case]:
    apply = {"flags": "layer_apply"}
    for gravity, (x, y) in product(COMPASS, ((0, 0), (3, 5))):
        steps = [{"overlay": "logo"}, {**apply, "gravity": gravity, "x": x, "y": y}]
        yield Case({"transformation": steps})
        yield Case({"overlay": "folder:logo", "gravity": gravity, "width": 20, "x": x, "y": y})
    for effect, gravity in product(BLENDS, ("center", "south_east")):
        yield Case(
            {"transformation": [{"overlay": "logo"}, {**apply, "effect": effect, "gravity": gravity}]},
            clear=None,
        )
    for width, opacity, angle in product((10, 0.5, 30), (30, 100), (0, 30)):
        yield Case(
            {
                "transformation": [
                    {"overlay": "logo", "width": width},
                    {"opacity": opacity, "angle": angle},
                    apply,
                ]
            },
            None if width == 0.5 else (WIDTH, HEIGHT),
        )
    for flags in ("tiled", "cutter", "no_overflow", "relative", "region_relative"):
        parts: list[Options] = [
            {"overlay": "logo"},
            {"width": 0.3, "crop": "scale", "flags": flags if "relative" in flags else None},
            {"flags": ["layer_apply", flags], "gravity": "face" if flags == "region_relative" else None},
        ]
        yield Case(
            {"transformation": [{key: value for key, value in one.items() if value} for one in parts]},
            clear=None,
        )
    for x, y in ((-10, 0), (110, 0), (0, 70), (-5, -5)):
        inside = {**apply, "gravity": "north_west", "x": x, "y": y}
        left, top = max(0, -x), max(0, -y)
        size = max(WIDTH, x + LAYER[0]) + left, max(HEIGHT, y + LAYER[1]) + top
        yield Case({"transformation": [{"overlay": "logo"}, inside]}, size, clear=True)
        yield Case(
            {"transformation": [{"overlay": "logo"}, {**inside, "flags": ["layer_apply", "no_overflow"]}]}
        )
    yield Case({"underlay": "logo", "width": 20})
    yield Case({"transformation": [{"radius": "max"}, {"underlay": "logo"}, apply]}, clear=True)
    yield Case({"overlay": {"url": "https://example.com/a.png"}, "width": 20})
    yield Case({"overlay": {"public_id": "logo", "type": "private"}, "width": 20})
    for name in ("warm.cube", "warm.3dl"):
        yield Case({"overlay": f"lut:{name}"})


def texts() -> Iterator[Case]:
    style = {"font_family": "Arial", "font_size": 12, "text": "Hi"}
    more: list[Options] = [{}]
    more += [{"font_weight": word} for word in ("thin", "light", "normal", "medium", "bold", "black")]
    more += [{"font_style": word} for word in ("normal", "italic")]
    more += [{"text_decoration": word} for word in ("underline", "strikethrough", "none")]
    more += [{"text_align": word} for word in ("left", "center", "right", "start", "end", "justify")]
    more += [{"letter_spacing": number} for number in (-1, 2, 5.5)] + [
        {"line_spacing": number} for number in (-2, 4)
    ]
    more += [{"font_antialias": word} for word in ("none", "gray", "best", "fast")] + [
        {"font_hinting": word} for word in ("none", "slight", "full")
    ]
    more += [{"font_size": size} for size in (6, 10, 16)] + [
        {"font_family": name} for name in ("Roboto", "Times New Roman", "Open Sans", "Courier")
    ]
    more += [
        {"text": text}
        for text in (
            "a,b/c",
            "50% off?",
            "Grüße",
            "東京",
            "$(amount)",
            "x" * 8,
            "one\ntwo",
            "e%20e",
            "&<>'\"",
            ":;!",
        )
    ]
    for extra in more:
        options = {"variables": [["$amount", "!5!"]]} if "$" in str(extra.get("text")) else {}
        yield Case({**options, "overlay": {**style, **extra}, "color": "white"})
    for colour, gravity in product(("red", "#112233", "rgb:ffffff80"), COMPASS):
        yield Case({"overlay": style, "color": colour, "gravity": gravity, "x": 2, "y": 2})
    for mode, width in product(("fit", "limit", "scale"), (30, 60)):
        yield Case(
            {
                "overlay": {**style, "font_size": 8, "text": "some words to wrap"},
                "crop": mode,
                "width": width,
            },
            None,
            None,
        )
    for effect in ("shadow:50", "outline:outer:2", "blur:50", "shear:10:0", "colorize:100"):
        yield Case(
            {
                "transformation": [
                    {"overlay": style, "color": "red"},
                    {"effect": effect},
                    {"flags": "layer_apply"},
                ]
            },
            clear=None,
        )
    for flags in ("text_no_trim", "text_disallow_overflow", "no_overflow"):
        yield Case({"transformation": [{"overlay": style}, {"flags": ["layer_apply", flags]}]})
    yield Case({"variables": [["$style", "!Arial_12_bold!"]], "overlay": "text:$style:Hello"})
    yield Case({"variables": [["$name", "!world!"]], "overlay": {**style, "text": "Hi $(name)"}})
    yield Case(
        {
            "transformation": [
                {"variables": [["$picture", "ref:!logo!"]]},
                {"overlay": "$picture"},
                {"flags": "layer_apply"},
            ]
        }
    )
