"""Cases of sizes, outlines and backgrounds."""

import math
from collections.abc import Iterator
from itertools import product

from picturerail.transform.language.colours import NAMES
from tests.transform.corpus.case import COMPASS, HEIGHT, WIDTH, Case, fitted, near, resized

BOXES = (
    (60, 40),
    (50, 50),
    (30, 70),
    (120, 80),
    (119, 79),
    (200, 100),
    (240, 160),
    (1, 1),
    (150, 150),
    (77, 31),
)


def resizes() -> Iterator[Case]:
    for mode, (width, height) in product(
        ("scale", "fit", "limit", "mfit", "fill", "lfill", "pad", "crop"), BOXES
    ):
        size = resized(mode, (width, height))
        odd = mode == "pad" and fitted(WIDTH, HEIGHT, (width, height)) != (width, height)
        yield Case({"crop": mode, "width": width, "height": height}, size, odd)
    for mode, box in product(("lpad", "mpad"), BOXES):
        size = resized(mode, box)
        yield Case({"crop": mode, "width": box[0], "height": box[1], "background": "blue"}, size)
    for mode in ("scale", "fit", "fill", "pad", "limit", "lfill"):
        for side in (30, 60, 119):
            yield Case({"crop": mode, "width": side}, (side, near(side / 1.5)), upright=True)
            yield Case(
                {"crop": mode, "height": side * 2 // 3},
                (near(side * 2 // 3 * 1.5), side * 2 // 3),
                upright=True,
            )
    for fraction in (0.1, 0.25, 0.5, 0.75, 1.5, 2.0):
        yield Case(
            {"crop": "scale", "width": fraction},
            (near(WIDTH * fraction), near(HEIGHT * fraction)),
            upright=True,
        )
    for ratio, parts in (("16:9", 16 / 9), ("1:1", 1.0), ("3:4", 0.75), ("2.5", 2.5), (1.25, 1.25)):
        for mode in ("fill", "scale", "crop", "thumb", "pad"):
            options = {"crop": mode, "width": 60, "aspect_ratio": ratio, "background": "green"}
            height = near(60 / parts)
            yield Case(options, (60, min(height, HEIGHT) if mode == "crop" else height))
        yield Case({"crop": "fill", "height": 50, "aspect_ratio": ratio}, (near(50 * parts), 50))
    for mode, gravity, box in product(("fill", "crop", "thumb", "lfill"), COMPASS, ((40, 40), (20, 70))):
        yield Case({"crop": mode, "gravity": gravity, "width": box[0], "height": box[1]}, box)
    for gravity, box in product(COMPASS, ((150, 150), (200, 90))):
        options = {"crop": "pad", "gravity": gravity, "width": box[0], "height": box[1], "background": "gold"}
        yield Case(options, box)
    for mode, gravity in product(
        ("fill", "lfill", "thumb", "crop", "auto", "fill_pad"),
        ("auto", "auto:subject", "auto:faces", "auto:50"),
    ):
        yield Case({"crop": mode, "gravity": gravity, "width": 50, "height": 50}, (50, 50), None)
    for mode, gravity in product(
        ("fill", "thumb", "crop"), ("face", "faces", "face:center", "faces:auto", "custom", "custom:face")
    ):
        yield Case({"crop": mode, "gravity": gravity, "width": 40, "height": 30}, (40, 30))
    for zoom in (0.3, 0.7, 1.0, 1.5, 3):
        yield Case({"crop": "thumb", "gravity": "face", "zoom": zoom, "width": 50, "height": 50}, (50, 50))
    for x, y in product((0, 5, 30, 80), (0, 7, 40)):
        size = min(40, WIDTH - x), min(40, HEIGHT - y)
        yield Case({"crop": "crop", "x": x, "y": y, "width": 40, "height": 40}, size)
    for mode, (width, height) in product(("scale", "fit", "limit", "fill", "lfill", "mfit"), BOXES):
        options = {"crop": mode, "width": width, "height": height, "dpr": "2.0"}
        yield Case(options, resized(mode, (width * 2, height * 2)))
    for dpr, (width, height) in product((0.5, 1.0, 1.5, 2.0, 3.0), ((30, 20), (40, 40))):
        size = near(width * dpr), near(height * dpr)
        yield Case({"crop": "scale", "dpr": dpr, "width": width, "height": height}, size)


def outlines() -> Iterator[Case]:
    for degrees in (*range(-180, 361, 15), 1, 7, 33, 45.5):
        turned = float(degrees) % 180
        cosine, sine = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
        size = math.floor(WIDTH * cosine + HEIGHT * sine), math.floor(WIDTH * sine + HEIGHT * cosine)
        size = (WIDTH, HEIGHT) if turned == 0 else (HEIGHT, WIDTH) if turned == 90 else size
        yield Case({"angle": degrees}, size, turned not in (0, 90), upright=float(degrees) % 360 == 0)
    for words in ("hflip", "vflip", "ignore", ["hflip", "vflip"], "exif"):
        size = (HEIGHT, WIDTH) if words == "ignore" else (WIDTH, HEIGHT)
        yield Case({"angle": words}, size if words != "ignore" else None)
    for radius in (
        0,
        1,
        5,
        20,
        40,
        100,
        "max",
        "10:20",
        "5:10:15",
        "1:20:3:40",
        [10, 20],
        "max:10",
        "max:0:max:0",
    ):
        yield Case({"radius": radius}, clear=radius != 0)
    for width, colour in product((1, 3, 10), ("red", "#00ff00", "rgb:0af", "rgb:11223380", "darkslateblue")):
        size = WIDTH + 2 * width, HEIGHT + 2 * width
        yield Case({"border": {"width": width, "color": colour}}, size, "80" in colour)
        yield Case(
            {"border": f"{width}px_solid_{colour.replace('#', 'rgb:')}", "radius": 10}, size, clear=True
        )
    for opacity in (0, 1, 10, 33, 50, 75, 99, 100):
        yield Case({"opacity": opacity}, clear=opacity < 100)


def colours() -> Iterator[Case]:
    for name in NAMES:
        yield Case({"crop": "pad", "width": 130, "height": 130, "background": name}, (130, 130))
    for text in ("#abc", "#aabbcc", "rgb:abc", "rgb:aabbcc", "rgb:abcf", "rgb:aabbccff"):
        yield Case({"crop": "pad", "width": 130, "height": 130, "background": text}, (130, 130))
    yield Case(
        {"crop": "pad", "width": 130, "height": 130, "background": "transparent"}, (130, 130), clear=True
    )
    for name in list(NAMES)[::5]:
        yield Case({"effect": "colorize:40", "color": name})
        yield Case({"radius": 20, "background": name})
    modes = [
        f"{source}{gradient}{contrast}"
        for source in ("border", "predominant")
        for gradient in ("", "_gradient")
        for contrast in ("", "_contrast")
    ]
    for mode in modes:
        yield Case({"crop": "pad", "width": 140, "height": 140, "background": f"auto:{mode}"}, (140, 140))
        if "gradient" in mode:
            for more in ("2", "4", "horizontal", "2:vertical", "2:diagonal_desc", "diagonal_asc"):
                yield Case(
                    {"crop": "pad", "width": 140, "height": 100, "background": f"auto:{mode}:{more}"},
                    (140, 100),
                )
    for blurred in ("blurred", "blurred:400", "blurred:1000:15", "blurred:50:-100", "auto"):
        yield Case({"crop": "pad", "width": 140, "height": 140, "background": blurred}, (140, 140))
