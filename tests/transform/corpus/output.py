"""Cases of conditions and variables, and of how a picture is written."""

from collections.abc import Iterator
from itertools import product

from picturerail.transform.parameters import FLAGS
from tests.transform.corpus.case import HEIGHT, WIDTH, Case, Options, near


def conditions() -> Iterator[Case]:
    for left, right in (
        ("w", 120),
        ("h", 80),
        ("iw", 120),
        ("ih", 80),
        ("width", 120),
        ("initial_height", 80),
        ("fc", 1),
        ("face_count", 1),
        ("pc", 1),
        ("cp", 1),
    ):
        for word, holds in (
            ("=", True),
            ("!=", False),
            ("<", False),
            (">", False),
            ("<=", True),
            (">=", True),
        ):
            size = (30, 20) if holds else (WIDTH, HEIGHT)
            yield Case({"if": f"{left} {word} {right}", "width": 30, "crop": "scale"}, size)
    for text, holds in (
        ("ar > 1.0", True),
        ("aspect_ratio < 1.0", False),
        ("!a! in tags", True),
        ("!b! nin tags", True),
        ("!a:z! in tags", False),
        ("w > 100 && h > 100", False),
        ("w > 100 || h > 100", True),
        ("w_mul_2_gt_200", True),
    ):
        steps: list[Options] = [{"if": text}, {"width": 30}, {"if": "else"}, {"width": 60}, {"if": "end"}]
        yield Case({"transformation": steps}, (30, 20) if holds else (60, 40))
    for text, value in (
        ("initial_width / 2", 60),
        ("width * 0.5", 60),
        ("$x + 10", 30),
        ("$x * 2 - 5", 35),
        ("iw_div_3", 40),
        ("$x ^ 2 / 10", 40),
        ("$x_mod_7_add_24", 30),
    ):
        options: Options = {"variables": [["$x", 20]], "width": text, "crop": "scale"}
        yield Case(options, (value, near(value / 1.5)))
    for name, given, side in (("$w1", "50", 50), ("$longName", "iw / 4", 30), ("$ratio", "0.5", 60)):
        steps = [{"variables": [[name, given]]}, {"width": name, "crop": "scale"}]
        yield Case({"transformation": steps}, (side, near(side / 1.5)))


def encodings() -> Iterator[Case]:
    qualities = (
        1,
        50,
        80,
        100,
        "auto",
        "auto:best",
        "auto:good",
        "auto:eco",
        "auto:low",
        "80:444",
        "80:420",
        "auto:low:444",
        "75:qmax_60",
    )
    for format_, quality in product(("jpg", "png", "webp", "avif", "gif", "tiff", "bmp"), qualities):
        yield Case({"fetch_format": format_, "quality": quality, "width": 60}, (60, 40), upright=quality != 1)
    for format_ in ("ico", "jpeg", "jpe", "auto", "auto:image"):
        yield Case({"fetch_format": format_, "width": 60}, (60, 40), upright=True)
    for flag in FLAGS:
        if flag not in (
            "layer_apply",
            "tiled",
            "cutter",
            "relative",
            "region_relative",
            "text_no_trim",
            "text_disallow_overflow",
            "no_overflow",
        ):
            yield Case({"flags": flag, "width": 60}, None if flag == "ignore_aspect_ratio" else (60, 40))
    for flag in ("progressive:semi", "progressive:steep", "progressive:none", "attachment:name"):
        yield Case({"flags": flag, "width": 60}, (60, 40), upright=True)
    for space in (
        "srgb",
        "tinysrgb",
        "no_cmyk",
        "cmyk",
        "keep_cmyk",
        "copy",
        "srgb:truecolor",
        "icc:swapped.icc",
    ):
        for format_ in ("jpg", "png", "tiff"):
            yield Case({"color_space": space, "fetch_format": format_, "width": 60}, (60, 40))
    for density in (72, 150, 300):
        yield Case({"density": density, "width": 60}, (60, 40), upright=True)
    for delay in (20, 200):
        yield Case({"delay": delay, "width": 60}, (60, 40), upright=True)
    for width in (
        "auto",
        "auto:50",
        "auto:100:200",
        "auto:breakpoints",
        "auto:breakpoints_100_1900_20_15",
        "auto:breakpoints:200",
    ):
        yield Case({"width": width, "crop": "scale"}, upright=True)
    yield Case({"page": 1, "width": 60}, (60, 40), upright=True)
    yield Case({"default_image": "none.png", "width": 60}, (60, 40), upright=True)
    yield Case({"transformation": ["named"]}, (30, 20), upright=True)
    yield Case({"transformation": ["named", {"angle": 90}]}, (20, 30))
