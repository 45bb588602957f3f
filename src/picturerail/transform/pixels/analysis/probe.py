"""What one complete decode of an upload gives: placeholder, colours, perceptual hash, and reduced copies."""

import base64
import signal
from collections import Counter
from pathlib import Path

from picturerail import camera_raw
from picturerail.transform import intermediates
from picturerail.transform.pixels import encode, ultra_hdr
from picturerail.transform.pixels.analysis.palette import shares_of
from picturerail.transform.pixels.analysis.thumbhash import thumb_hash
from picturerail.transform.pixels.decode import damage, jpeg, loaders
from picturerail.transform.pixels.operations import colour, geometry
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.probe import Facts, Limits, SourceInfo, check
from picturerail.transform.steps import Orient, Resize, ToSrgb

SMALL = 100  # longest side; ThumbHash takes no more
# Of the processor. A drawing says in few words what takes for ever; in 100 pixels most take a tenth of a second.
MAX_DRAWN_SECONDS = 2
QUICK_ROOM = 2  # times SMALL that a quick decode leaves at least

# The names under which Cloudinary lists predominant colours, with one point of each.
_NAMED = {
    "black": (0, 0, 0),
    "blue": (0, 0, 255),
    "brown": (139, 69, 19),
    "cyan": (0, 255, 255),
    "gray": (128, 128, 128),
    "green": (0, 128, 0),
    "orange": (255, 165, 0),
    "pink": (255, 192, 203),
    "purple": (128, 0, 128),
    "red": (255, 0, 0),
    "teal": (0, 128, 128),
    "white": (255, 255, 255),
    "yellow": (255, 255, 0),
}


def gather(path: Path, limits: Limits, *, copies: bool = False, quick: bool = False) -> Facts:
    """Decode the whole picture once; UnsupportedMedia when it is damaged, TooLarge when it is over a limit.

    With `copies`, the reduced copies of a large picture are written beside it. When it is to be `quick`, a JPEG is
    decoded as small as its decoder can make it: all of its data is read, so that damage is found as well.
    """
    info = loaders.read_header(path)
    check(info, limits)
    if info.format in camera_raw.FORMATS:
        info = loaders.libraw().verified(path, info)
    if info.format == "svg":
        _hasten(MAX_DRAWN_SECONDS)
    try:
        small = _quick(path, info) if quick and info.format == "jpg" else _small(path, info, copies=copies)
    except pyvips.Error as error:
        raise damage.refusal(error) from error
    return _facts(info, small)


def _hasten(seconds: int) -> None:
    """Let the alarm by which a worker ends come sooner, so that the pictures of others do not wait for this one."""
    if signal.getitimer(signal.ITIMER_PROF)[0] > seconds:
        signal.setitimer(signal.ITIMER_PROF, seconds)


def survey(path: Path, limits: Limits) -> Facts | None:
    """What the header of a JPEG tells, when all of its data is there; None for whatever has to be decoded to know that.

    Of its pixels only the first are decoded, which needs all tables. UnsupportedMedia and TooLarge as with `gather`.
    """
    info = loaders.read_header(path)
    check(info, limits)
    if info.format != "jpg" or info.whole or not jpeg.is_whole(path):
        return None
    try:
        image = loaders.load(path, info.format, shrink=8)
        image.crop(0, 0, image.width, 1).avg()
    except pyvips.Error as error:
        raise damage.refusal(error) from error
    return Facts(info=info, thumbhash="", colors=(), predominant=(), phash="", transparent=False)


def _small(path: Path, info: SourceInfo, *, copies: bool) -> pyvips.Image:
    """The first frame as sRGB with alpha in at most 100 x 100 pixels, after every frame was decoded."""
    if info.frames > 1:
        loaders.load(path, info.format, frames=-1).avg()
    if not intermediates.intermediates_of(info):
        return at_most(path, info, SMALL)
    large = _large(path, info)
    if copies:
        _write_copies(path, info, large)
    return _upright(large, info, SMALL)


def _quick(path: Path, info: SourceInfo) -> pyvips.Image:
    """The same by the way of a decoder that averages blocks of pixels: an eighth of them is worked on."""
    shrink = next(
        (each for each in (8, 4, 2) if max(info.width, info.height) >= QUICK_ROOM * SMALL * each), 1
    )
    return _upright(loaders.load(path, info.format, shrink=shrink), info, SMALL)


def _large(path: Path, info: SourceInfo) -> pyvips.Image:
    """The pixels of the larger copy, by the steps of its plan."""
    plan = intermediates.plan_intermediate(intermediates.LARGE, info)
    image = loaders.load(path, info.format, shrink=plan.load.shrink, preview=plan.load.preview)
    return colour.to_srgb(geometry.resize(image, Resize(plan.width, plan.height)), ToSrgb()).copy_memory()


def _write_copies(path: Path, info: SourceInfo, large: pyvips.Image) -> None:
    """The same bytes as when the plan of each copy is done by itself."""
    found = ultra_hdr.read(path) if info.gain_map else None
    for copy in intermediates.intermediates_of(info):
        plan = intermediates.plan_intermediate(copy, info)
        image = geometry.resize(large, Resize(plan.width, plan.height))
        if found:
            opened = loaders.load(path, info.format, shrink=plan.load.shrink)
            image = ultra_hdr.put(image, found, ultra_hdr.led(found, opened, plan.steps))
        encode.write(image, plan.encoding, intermediates.beside(path, copy))


def at_most(path: Path, info: SourceInfo, side: int) -> pyvips.Image:
    """The first frame as seen, as sRGB with alpha, no side longer than `side` pixels; all of it was decoded."""
    return _upright(loaders.load_for_analysis(path, info), info, side)


def _upright(image: pyvips.Image, info: SourceInfo, side: int) -> pyvips.Image:
    factor = min(1.0, side / max(image.width, image.height))
    size = Resize(max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    image = colour.to_srgb(geometry.resize(image, size), ToSrgb())
    image = image if image.hasalpha() else image.bandjoin(255)
    return geometry.orient(image.copy_memory(), Orient(info.orientation)).copy_memory()


def _facts(info: SourceInfo, small: pyvips.Image) -> Facts:
    pixels = bytes(small.write_to_memory())
    shares = shares_of(pixels)
    return Facts(
        info=info,
        thumbhash=base64.b64encode(thumb_hash(small.width, small.height, pixels)).decode(),
        colors=_colours(shares),
        predominant=_predominant(shares),
        phash=_perceptual_hash(small),
        transparent=info.has_alpha and min(pixels[3::4]) < 255,
    )


def _colours(shares: list[tuple[tuple[int, int, int], float]]) -> tuple[tuple[str, float], ...]:
    """Cloudinary's `colors`: ("#RRGGBB", percent) pairs."""
    return tuple((f"#{bytes(mean).hex().upper()}", round(share, 1)) for mean, share in shares)


def _predominant(shares: list[tuple[tuple[int, int, int], float]]) -> tuple[tuple[str, float], ...]:
    """The same by the nearest named colour."""
    totals: Counter[str] = Counter()
    for mean, share in shares:
        totals[_nearest_name(mean)] += share  # type: ignore[assignment]
    return tuple((name, round(share, 1)) for name, share in totals.most_common())


def _nearest_name(colour_: tuple[int, int, int]) -> str:
    return min(_NAMED, key=lambda name: sum((a - b) ** 2 for a, b in zip(_NAMED[name], colour_, strict=True)))


def _perceptual_hash(small: pyvips.Image) -> str:
    """Difference hash: for 8 x 8 points, whether brightness falls to the next one; 16 hex digits."""
    grey = small.flatten(background=[255, 255, 255]).colourspace("b-w")
    grid = bytes(grey.resize(9 / grey.width, vscale=8 / grey.height).cast("uchar").write_to_memory())
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (grid[9 * row + column] > grid[9 * row + column + 1])
    return f"{bits:016x}"
