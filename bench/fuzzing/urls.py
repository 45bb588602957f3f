"""Delivery URLs that nobody should send: made of the grammar's own words, extreme values, and plain noise."""

import random
from collections.abc import Callable, Iterator
from urllib.parse import quote


def _words(text: str) -> list[str]:
    return text.split()


KEYS = _words(
    "a ac af ar art aspect b bl bo br c co cs d dl dn dpr du e eo f fl fn fps g h if ki l o offset p pg q "
    "r s so sp st t u vc vs w x y z zoom $foo $bar_x"
)
COMMON = _words("c w h g q f dpr ar x y a r e fl b bo o z t l if")
PLAUSIBLE = {
    "w": _words("1 40 120 300 0.5 iw auto"),
    "h": _words("1 40 90 200 0.5 ih"),
    "x": _words("0 5 -5 40 0.1"),
    "y": _words("0 5 -5 40 0.1"),
    "z": _words("0.5 1 2"),
    "q": _words("auto auto:low auto:best 1 40 80 100 80:444"),
    "dpr": _words("1.0 2.0 0.5 auto"),
    "ar": _words("1:1 16:9 3:4 1.5 0.3"),
    "a": _words("10 90 -45 180 hflip vflip exif auto_left"),
    "r": _words("5 max 10:20 5:10:15:20"),
    "b": _words("red rgb:00ff00 auto blurred:300:10 auto:predominant transparent"),
    "bo": _words("2px_solid_red 10px_solid_rgb:00ff0080"),
    "o": _words("0 30 100"),
}
CROPS = _words(
    "scale fit limit mfit fill lfill fill_pad crop thumb pad lpad mpad auto imagga_crop imagga_scale"
)
GRAVITIES = _words(
    "north_east north center west face faces auto auto:subject xy_center custom liquid ocr_text"
)
EFFECTS = _words(
    "grayscale sepia blur:300 blur_region pixelate:20 sharpen vignette oil_paint cartoonify art:zorro "
    "tint:50:red shadow:50 distort:0:0:10:10 shear:20:0 trim:10 gradient_fade make_transparent:10 "
    "replace_color:red:10 negate brightness:-99 contrast:100 saturation:2000 hue:1000 vibrance:70 "
    "gamma:50 auto_contrast screen multiply mask"
)
FLAGS = _words(
    "progressive lossy relative layer_apply region_relative keep_iptc attachment:x.jpg getinfo cutter"
)
FORMATS = _words("jpg png webp avif gif auto svg pdf heic tiff bmp jxl mp4 php ..")
NUMBERS = _words(
    "0 1 2 -1 0.5 1.0 0.0001 1e9 1e309 -0 00 16384 16385 65535 65536 99999999 2147483648 "
    "9223372036854775808 -99999999 nan inf NaN +1 0x10 1_000 ١٢ 1.5.5 1,5 iw ih 0.5iw 10p auto 1:1 16:9 "
    "0:0 1:0 -1:1 3:2:1"
)
TRAVERSAL = _words(
    "../ ..%2f %2e%2e/ ..\\ %252e%252e%252f /etc/passwd ~root . .. ./. // %00 .%00./ ．．／ ..;/ "
    "%c0%ae%c0%ae/ file:///"
)
WORDS = {"c": CROPS, "g": GRAVITIES, "e": EFFECTS, "fl": FLAGS, "f": FORMATS}
NOISE = "'\"<>{}[]()|\\^`;:,&=?#%!*~$@ \t\r\n\0\x7f\x80\xff$,/._-:"
SCRIPTS = _words("猫 кот قط 🐈 ﷽ ʼn ﬀ e\u0301 \u202e \ufeff \ud7ff İ ß")
PATHS = _words(
    "/gallery/ /gallery/{n} /gallery/?after={n} /gallery/?page={n} /gallery/{n}/edit "
    "/gallery/{n}/download /upload/ /api/v1/pictures?limit={n} /api/v1/pictures/{n} "
    "/api/v1/pictures?after={n} /static/{n} /setup/{n} /sign-in?next={n} /v1_1/{n}/resources/image "
    "/v1_1/picturerail/resources/image/upload/{n} /v1_1/picturerail/ping?{n} /healthz?{n} "
    "/v1_1/picturerail/resources/search?expression={n} /v2/{n} /{n}"
)


def hostile_urls(seed: int, count: int, names: list[str]) -> Iterator[str]:
    """`count` request targets; `names` are assets that exist, as they stand in a URL (`v1/name.jpg`)."""
    dice = random.Random(seed)
    kinds: list[tuple[Callable[[random.Random, list[str]], str], int]] = [
        (_transformations, 60),
        (_chains, 15),
        (_noise, 10),
        (_traversal, 7),
        (_other_paths, 8),
    ]
    makers = [maker for maker, _ in kinds]
    weights = [weight for _, weight in kinds]
    for _ in range(count):
        yield _raw(dice.choices(makers, weights)[0](dice, names))


def _transformations(dice: random.Random, names: list[str]) -> str:
    return _delivery(dice, _component(dice), names)


def _chains(dice: random.Random, names: list[str]) -> str:
    return _delivery(dice, "/".join(_component(dice) for _ in range(dice.choice((2, 3, 5, 30, 120)))), names)


def _noise(dice: random.Random, names: list[str]) -> str:
    text = list(_component(dice))
    for _ in range(dice.randint(1, 6)):
        text.insert(dice.randint(0, len(text)), dice.choice([*NOISE, *SCRIPTS]))
    spelled = "".join(text)
    return _delivery(dice, quote(spelled) if dice.random() < 0.7 else spelled, names)


def _traversal(dice: random.Random, names: list[str]) -> str:
    climb = "".join(dice.choice(TRAVERSAL) for _ in range(dice.randint(1, 6)))
    where = dice.choice(
        ("/picturerail/image/upload/{}", "/picturerail/{}/upload/x", "/{}", "/static/{}", "/v1_1/{}")
    )
    return where.format(climb + dice.choice(["", "etc/passwd", "secrets.json", *names]))


def _other_paths(dice: random.Random, names: list[str]) -> str:  # noqa: ARG001  the makers share one shape
    long = "a" * dice.choice((1, 300, 5000))
    word = dice.choice((_number(dice), quote(dice.choice(SCRIPTS)), long, "%ff", "[$ne]=1"))
    return dice.choice(PATHS).replace("{n}", word)


def _delivery(dice: random.Random, transformation: str, names: list[str]) -> str:
    kind = dice.choices(("image", "video", "raw", "images", ""), (90, 3, 3, 2, 2))[0]
    stored = dice.choices(
        ("upload", "private", "authenticated", "fetch", "sprite", "x"), (90, 2, 2, 2, 2, 2)
    )[0]
    signature = dice.choices(("", "s--abcdefgh--/", "s----/"), (95, 3, 2))[0]
    name = dice.choices((dice.choice(names), "missing.jpg", "v99999999999999/x", ""), (90, 5, 3, 2))[0]
    return f"/picturerail/{kind}/{stored}/{signature}{transformation}/{name}"


def _component(dice: random.Random) -> str:
    return ",".join(
        _parameter(dice) for _ in range(dice.choices((1, 2, 3, 4, 9, 60), (30, 30, 20, 12, 6, 2))[0])
    )


def _parameter(dice: random.Random) -> str:
    """Mostly a common parameter with a plausible value: what is refused at the door reaches nothing behind it."""
    key = dice.choice(COMMON if dice.random() < 0.9 else KEYS)
    words = WORDS.get(key) or PLAUSIBLE.get(key)
    return f"{key}_{dice.choice(words) if words and dice.random() < 0.9 else _value(dice)}"


def _value(dice: random.Random) -> str:
    return dice.choice(
        (
            _number(dice),
            f"{_number(dice)}:{_number(dice)}",
            f"{dice.choice(GRAVITIES)}:{_number(dice)}",
            f"rgb:{dice.randrange(16**6):06x}",
            f"{_number(dice)}px_solid_{dice.choice(('red', 'rgb:fff', 'rgb:gggggg'))}",
            f"text:Arial_{_number(dice)}:hello%20{dice.choice(('world', '%252F', '$x'))}",
            f"w_{dice.choice(('gt', 'lt', 'eq', 'xx'))}_{_number(dice)}",
            "",
        )
    )


def _number(dice: random.Random) -> str:
    return dice.choice(NUMBERS) if dice.random() < 0.6 else str(dice.randint(-10, 400))


def _raw(text: str) -> str:
    """Spelled as bytes on the wire, but for what would end the request line."""
    spelled = "".join(chr(byte) for byte in text.encode("utf-8", "surrogatepass"))
    return "".join(quote(c, safe="") if c in " \r\n\t\0" else c for c in spelled)
