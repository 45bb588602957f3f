"""Effects on the tones and colours of each pixel.

Those that measure the picture first are told which of its pixels can be seen at all.
"""

import math

import numpy as np

from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import Effect

_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601
_SEPIA = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]]  # SVG's filter of that name
RED = 2.0  # how many times redder than green and blue
_TAIL = 0.5  # percent of pixels at each end that spreading leaves out of account


def _level(step: Effect, at: int = 0) -> float:
    return float(step.arguments[at])


def _mixed(image: pyvips.Image, changed: pyvips.Image, percent: float) -> pyvips.Image:
    return image * (1 - percent / 100) + changed * (percent / 100)


def luma(image: pyvips.Image) -> pyvips.Image:
    """Brightness as one band."""
    return image.recomb([list(_LUMA)])


def grayscale(image: pyvips.Image, _step: Effect) -> pyvips.Image:
    """Shades of grey."""
    return image.recomb([list(_LUMA)] * 3)


def sepia(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Brown as an old photograph."""
    return _mixed(image, image.recomb(_SEPIA), _level(step))


def brightness(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """A multiple of the light: -99 leaves a hundredth, 100 doubles it."""
    return image * (1 + _level(step) / 100)


def brightness_hsb(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """A multiple of the light, up to where the strongest of the three colours is full: hue and saturation stay."""
    bands = image.bandsplit()
    strongest = bands[0].bandrank(bands[1:], index=2)
    most = 255 / (strongest > 0).ifthenelse(strongest, 1)
    factor = 1 + _level(step) / 100
    return image * (most < factor).ifthenelse(most, factor)


def fill_light(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Light where it is dark: the picture screened with itself, the more the darker; bias moves what counts as dark."""
    dark = 1 - luma(image) / 255 + _level(step, 1) / 100
    dark = (dark > 0).ifthenelse((dark < 1).ifthenelse(dark, 1), 0)
    return _mixed(image, image + image * (255 - image) / 255 * dark, _level(step))


def contrast(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """A multiple of the distance from the middle grey; of the type sigmoidal, a curve that clips nothing."""
    if step.arguments[1:] == ("sigmoidal",):
        return _sigmoidal(image, _level(step) / 10)
    return (image - 127.5) * (1 + _level(step) / 100) + 127.5


def _sigmoidal(image: pyvips.Image, steepness: float) -> pyvips.Image:
    """ImageMagick's -sigmoidal-contrast round the middle; its inverse (+sigmoidal-contrast) for less than nothing."""
    slope = abs(steepness)
    if slope < 0.01:
        return image * 1.0
    low, high = 1 / (1 + math.exp(slope / 2)), 1 / (1 + math.exp(-slope / 2))
    part = image / 255
    if steepness > 0:
        curve = 1 / (((part - 0.5) * -slope).exp() + 1)
        return (curve - low) * (255 / (high - low))
    curve = part * (high - low) + low
    return ((1 / curve - 1).log() * (-1 / slope) + 0.5) * 255


def saturation(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """A multiple of the distance from grey."""
    grey = grayscale(image, step)
    return grey + (image - grey) * (1 + _level(step) / 100)


def vibrance(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Saturation, more of it where there is little."""
    grey = grayscale(image, step)
    return grey + (image - grey) * ((255 - _spread(image)) * (_level(step) / 100 / 255) + 1)


def _spread(image: pyvips.Image) -> pyvips.Image:
    """The largest of the three colours less the smallest."""
    bands = image.bandsplit()
    return bands[0].bandrank(bands[1:], index=2) - bands[0].bandrank(bands[1:], index=0)


def gamma(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Brighter or darker in the middle; black and white stay."""
    return (image / 255) ** (1 / (1 + _level(step) / 100)) * 255


def channel(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """A multiple of one colour."""
    factor = 1 + _level(step) / 100
    return image * [factor if name == step.name else 1 for name in ("red", "green", "blue")]


def negate(image: pyvips.Image, _step: Effect) -> pyvips.Image:
    """Negative colours."""
    return 255 - image


def hue(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Turn all hues round the axis of grey, brightness kept; the matrix is that of SVG's hueRotate."""
    angle = math.radians(_level(step) * 1.8)
    cosine, sine = math.cos(angle), math.sin(angle)
    red, green, blue = 0.213, 0.715, 0.072
    return image.recomb(
        [
            [
                red + cosine * (1 - red) - sine * red,
                green - cosine * green - sine * green,
                blue - cosine * blue + sine * (1 - blue),
            ],
            [
                red - cosine * red + sine * 0.143,
                green + cosine * (1 - green) + sine * 0.140,
                blue - cosine * blue - sine * 0.283,
            ],
            [
                red - cosine * red - sine * (1 - red),
                green - cosine * green + sine * green,
                blue + cosine * (1 - blue) + sine * blue,
            ],
        ]
    )


def blackwhite(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Black below the threshold, white from it on."""
    white = luma(image) >= _level(step) * 2.55
    return white.bandjoin([white, white])


def colorize(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Blend with one colour."""
    colour = step.colour or (128, 128, 128, 255)
    return image * (1 - _level(step) / 100) + [part * _level(step) / 100 for part in colour[:3]]


def tint(image: pyvips.Image, step: Effect, seen: pyvips.Image) -> pyvips.Image:
    """Brightness as a way through colours from black over the given ones; the last is reached at white.

    Colours with places stand there, in the place of those at equal distances.
    """
    arguments = list(step.arguments)
    grey = luma(image).rint().cast("uchar")
    if arguments[0] == "equalize":
        shades = luma(seen).rint().cast("uchar").hist_find()
        arguments, grey = arguments[1:], grey.maplut(shades.hist_cum().hist_norm())
    amount, scale = float(arguments[0]), _scale([str(part) for part in arguments[1:]])
    places, colours = [place for place, _ in scale], np.array([colour for _, colour in scale])
    table = [np.interp(np.linspace(0, 1, 256), places, colours[:, band]) for band in range(3)]
    bands = [pyvips.Image.new_from_array([list(values)]) for values in table]
    return _mixed(image, grey.maplut(bands[0].bandjoin(bands[1:])), amount)


def _scale(parts: list[str]) -> list[tuple[float, tuple[int, ...]]]:
    """Places from 0 to 1 and colours, in order. Those without a place are spread evenly; black comes before them."""
    if not any(part.endswith("p") for part in parts):
        colours = [(0, 0, 0), *(tuple(bytes.fromhex(part)) for part in parts)]
        return [(place / (len(colours) - 1), colour) for place, colour in enumerate(colours)]
    colours = [tuple(bytes.fromhex(part)) for part in parts if not part.endswith("p")]
    even = [place / max(1, len(colours) - 1) for place in range(len(colours))]
    given = -1
    for part in parts:
        if part.endswith("p"):
            even[given] = int(part[:-1]) / 100
        else:
            given += 1
    return sorted(zip(even, colours, strict=True))


def _ends(band: pyvips.Image) -> tuple[float, float]:
    """The values below and above which only a few pixels lie."""
    band = band.rint().cast("uchar")
    return band.percent(_TAIL), max(band.percent(100 - _TAIL), band.percent(_TAIL) + 1)


def auto_contrast(image: pyvips.Image, step: Effect, seen: pyvips.Image) -> pyvips.Image:
    """Spread brightness over its whole range."""
    low, high = _ends(luma(seen))
    return _mixed(image, (image - low) * (255 / (high - low)), _level(step))


def auto_color(image: pyvips.Image, step: Effect, seen: pyvips.Image) -> pyvips.Image:
    """Spread each colour over its whole range."""
    ends = [_ends(band) for band in seen.bandsplit()]
    spread = (image - [low for low, _ in ends]) * [255 / (high - low) for low, high in ends]
    return _mixed(image, spread, _level(step))


def auto_brightness(image: pyvips.Image, step: Effect, seen: pyvips.Image) -> pyvips.Image:
    """Bend the tones so that their mean comes to the middle, by a factor of two at most."""
    mean = min(max(luma(seen).avg() / 255, 0.01), 0.99)
    exponent = min(max(math.log(0.5) / math.log(mean), 0.5), 2.0)
    return _mixed(image, (image / 255) ** exponent * 255, _level(step))


def improve(image: pyvips.Image, step: Effect, seen: pyvips.Image) -> pyvips.Image:
    """Half-way to spread contrast, and a little more colour; indoors brightness too."""
    better, better_seen = (_more_contrast(each, seen) for each in (image, seen))
    if step.arguments[0] == "indoor":
        half = Effect("auto_brightness", (50,))
        better = auto_brightness(better, half, better_seen).rint().cast("uchar")
    return _mixed(image, better, _level(step, 1))


def _more_contrast(image: pyvips.Image, seen: pyvips.Image) -> pyvips.Image:
    better = auto_contrast(image, Effect("auto_contrast", (50,)), seen).rint().cast("uchar")
    return vibrance(better, Effect("vibrance", (25,))).rint().cast("uchar")


def replace_color(image: pyvips.Image, step: Effect, seen: pyvips.Image) -> pyvips.Image:
    """Move what is near one colour by the way from it to another, the nearer the more."""
    wanted = bytes.fromhex(str(step.arguments[0]))
    source = bytes.fromhex(str(step.arguments[2])) if step.arguments[2:] else _strongest(seen)
    reach = _level(step, 1) * 2.55 or 1
    distance = ((image - list(source)) ** 2).recomb([[1.0, 1.0, 1.0]]) ** 0.5
    near = (1 - distance / reach).cast("float")
    near = (near > 0).ifthenelse(near, 0)
    return image + near * [a - b for a, b in zip(wanted, source, strict=True)]


def _strongest(image: pyvips.Image) -> bytes:
    """The colour of the most colourful spot of a very small copy."""
    small = image.thumbnail_image(16, height=16, size="force")
    _, x, y = _spread(small).maxpos()
    return bytes(round(value) for value in small(int(x), int(y)))


def recolor(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Each colour as a sum of all three; of four by four numbers, those of transparency are left out."""
    side = 3 if len(step.arguments) == 9 else 4
    numbers = [float(part) for part in step.arguments]
    return image.recomb([numbers[row * side : row * side + 3] for row in range(3)])


def without_red(image: pyvips.Image) -> pyvips.Image:
    """Dark where it is much redder than anything in a face but an eye that a flash has lit."""
    red, other = image[0], (image[1] + image[2]) / 2
    lit = (red > 60) & (red > other * RED) & ((image[1] - image[2] * 1.0).abs() < 60)
    return lit.gaussblur(0.8).cast("float") / 255 * (other - red) * [1, 0, 0] + image
