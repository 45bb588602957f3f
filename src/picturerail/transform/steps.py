# ruff: noqa: ARG002, D102  (what a step tells of itself is documented once, in Step)
"""The small pixel steps that a plan lists, as frozen values that know what they do to sizes and places.

`pixels.operations` does them, one function each. Sizes and boxes are whole pixels of the picture as it is at that
step; colours are (r, g, b, alpha) from 0 to 255.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from picturerail.transform.boxes import Area, Size
from picturerail.transform.foreseen import Foreseen, FoundLayer
from picturerail.transform.language.colours import CLEAR, RGBA
from picturerail.transform.probe import SourceInfo


@dataclass(frozen=True)
class LoadOptions:
    """How a file is opened. `shrink` is how many times smaller the decoder makes the picture: 1, 2, 4 or 8."""

    format: str
    width: int  # as stored, before orientation
    height: int
    page: int = 0
    frames: int = 1
    shrink: int = 1
    scale: float = 1.0  # how many times larger a drawing (SVG) is drawn
    intermediate: bool = False  # not the original, but its reduced copy
    gain_map: bool = False  # with the map of an Ultra HDR JPEG, which goes into the answer
    preview: bool = False  # not a developed camera raw picture, but the preview in it


@dataclass(frozen=True)
class Step:
    """One thing that is done to a picture. Most change neither its size nor where things lie in it."""

    streamed: ClassVar[bool] = False  # done row by row; all others get the whole picture from memory

    @property
    def originals(self) -> tuple[str, ...]:
        """The keys of other files that this step needs."""
        return ()

    def size_after(self, size: Size) -> Size:
        """The size of the picture after this step."""
        return size

    def moved(self, area: Area, size: Size) -> Area:
        """Where an area lies after this step, of a picture that had this size before it."""
        return area


@dataclass(frozen=True)
class Crop(Step):
    """Keep one box."""

    x: int
    y: int
    width: int
    height: int
    streamed: ClassVar[bool] = True

    def size_after(self, size: Size) -> Size:
        return Size(self.width, self.height)

    def moved(self, area: Area, size: Size) -> Area:
        return area.shifted(-self.x, -self.y)


@dataclass(frozen=True)
class SmartCrop(Step):
    """Keep the box of this size that draws the eye."""

    width: int
    height: int

    def size_after(self, size: Size) -> Size:
        return Size(self.width, self.height)


@dataclass(frozen=True)
class Resize(Step):
    """Scale to exactly this size."""

    width: int
    height: int
    streamed: ClassVar[bool] = True

    def size_after(self, size: Size) -> Size:
        return Size(self.width, self.height)

    def moved(self, area: Area, size: Size) -> Area:
        across, down = self.width / size.width, self.height / size.height
        return Area(area.x * across, area.y * down, area.width * across, area.height * down)


@dataclass(frozen=True)
class Orient(Step):
    """Apply an EXIF orientation, 1 to 8."""

    orientation: int

    def size_after(self, size: Size) -> Size:
        return size.turned if self.orientation >= 5 else size


@dataclass(frozen=True)
class ToSrgb(Step):
    """Convert to 8-bit sRGB with or without alpha, by the embedded profile when there is one."""

    streamed: ClassVar[bool] = True


@dataclass(frozen=True)
class Pad(Step):
    """Put the picture at (x, y) on a canvas of this size: of a colour, or `auto`, of its own, or of itself, `blurred`.

    Of its own colours, the canvas takes one, two along `direction` or four, of the `source` border or predominant; in
    place of each the nearest of a `palette`, if there is one.
    """

    x: int
    y: int
    width: int
    height: int
    colour: RGBA = CLEAR
    style: str = ""
    intensity: int = 0
    brightness: int = 0
    source: str = ""
    colours: int = 1
    direction: str = ""
    contrasting: bool = False
    palette: tuple[tuple[int, ...], ...] = ()

    def size_after(self, size: Size) -> Size:
        return Size(self.width, self.height)

    def moved(self, area: Area, size: Size) -> Area:
        return area.shifted(self.x, self.y)


@dataclass(frozen=True)
class Flip(Step):
    """Mirror: left to right, or top to bottom."""

    horizontal: bool

    def moved(self, area: Area, size: Size) -> Area:
        if self.horizontal:
            return Area(size.width - area.x - area.width, area.y, area.width, area.height)
        return Area(area.x, size.height - area.y - area.height, area.width, area.height)


@dataclass(frozen=True)
class Rotate(Step):
    """Turn clockwise; the canvas becomes width x height, and the corners that appear are transparent."""

    degrees: float
    width: int
    height: int

    def size_after(self, size: Size) -> Size:
        return Size(self.width, self.height)

    def moved(self, area: Area, size: Size) -> Area:
        """By quarters exactly; by other angles a face is taken to stay where it is."""
        for _ in range(round(self.degrees / 90) % 4 if self.degrees % 90 == 0 else 0):
            area = Area(size.height - area.y - area.height, area.x, area.height, area.width)
            size = size.turned
        return area


@dataclass(frozen=True)
class Shear(Step):
    """Push rows to the side and columns down, by angles; the canvas becomes width x height."""

    x: float
    y: float
    width: int
    height: int

    def size_after(self, size: Size) -> Size:
        return Size(self.width, self.height)


@dataclass(frozen=True)
class Distort(Step):
    """Bring the corners, from the top left clockwise, to these places on a canvas of this size."""

    corners: tuple[float, ...]
    width: int
    height: int

    def size_after(self, size: Size) -> Size:
        return Size(self.width, self.height)


@dataclass(frozen=True)
class Bend(Step):
    """Bend along an arc of so many degrees; the canvas becomes width x height."""

    degrees: float
    width: int
    height: int

    def size_after(self, size: Size) -> Size:
        return Size(self.width, self.height)


@dataclass(frozen=True)
class Clip(Step):
    """Clear what lies outside the path that the file itself carries."""

    evenodd: bool


@dataclass(frozen=True)
class Lut(Step):
    """Change the colours by a table, by the key of its original."""

    original: str

    @property
    def originals(self) -> tuple[str, ...]:
        return (self.original,)


@dataclass(frozen=True)
class RoundCorners(Step):
    """Make the corners transparent outside ellipse quarters: top left, top right, bottom right, bottom left."""

    radii: tuple[float, float, float, float]
    ellipse: bool = False


@dataclass(frozen=True)
class RoundBorder(Step):
    """Put a larger shape of the same kind behind the picture, `width` more on each side."""

    width: int
    colour: RGBA
    radii: tuple[float, float, float, float]
    ellipse: bool = False

    def size_after(self, size: Size) -> Size:
        return Size(size.width + 2 * self.width, size.height + 2 * self.width)

    def moved(self, area: Area, size: Size) -> Area:
        return area.shifted(self.width, self.width)


@dataclass(frozen=True)
class Fill(Step):
    """Put a colour behind what is transparent."""

    colour: RGBA
    streamed: ClassVar[bool] = True


@dataclass(frozen=True)
class Opacity(Step):
    """Make everything transparent to this percentage."""

    percent: float


@dataclass(frozen=True)
class Effect(Step):
    """An effect by its name, with its arguments, a colour, and for some a box (none: width is 0)."""

    name: str
    arguments: tuple[int | float | str, ...] = ()
    colour: RGBA | None = None
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Trim(Step):
    """Cut off edges of one colour. What remains is planned when its size is known: `rest` is a transformation."""

    tolerance: float
    colour: str
    rest: str = ""
    foreseen: Foreseen | None = None

    @property
    def originals(self) -> tuple[str, ...]:
        return self.foreseen.originals if self.foreseen else ()


@dataclass(frozen=True)
class ImageLayer:
    """Another stored picture, by the key of its original, and what is done to it."""

    original: str
    load: LoadOptions
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class TextLayer:
    """A text, wrapped to `width` and cut to `height` unless they are 0; `rest` is done when its size is known."""

    text: str
    font: str
    size: int
    words: tuple[str, ...]
    colour: RGBA
    width: int
    rest: str
    stroke: tuple[int, ...] = ()  # of the line round the letters: width, red, green, blue, alpha
    margin: int = 0
    height: int = 0
    file: str = ""  # the key of the original of a font of people's own
    foreseen: Foreseen | None = None  # for the rest

    @property
    def originals(self) -> tuple[str, ...]:
        """The keys of other files that it needs."""
        return (*((self.file,) if self.file else ()), *(self.foreseen.originals if self.foreseen else ()))


@dataclass(frozen=True)
class Overlay(Step):
    """Put a layer on the picture: `mode` is over, under, cutter, mask, multiply, screen or overlay."""

    layer: ImageLayer | TextLayer
    gravity: str
    x: int
    y: int
    mode: str = "over"
    tiled: bool = False
    grows: bool = False  # a text that stands over makes the canvas larger
    inside: bool = False  # a text that stands over is a mistake
    if_grown: str = ""  # what follows, to be planned anew when the canvas became larger than was planned
    foreseen: Foreseen | None = None  # for that

    @property
    def originals(self) -> tuple[str, ...]:
        later = self.foreseen.originals if self.foreseen else ()
        if isinstance(self.layer, TextLayer):
            return (*self.layer.originals, *later)
        return (self.layer.original, *sources(self.layer.steps), *later)


_VALUES = (LoadOptions, ImageLayer, TextLayer, Foreseen, FoundLayer, SourceInfo, *Step.__subclasses__())
_KINDS: dict[str, Callable[..., Any]] = {kind.__name__: kind for kind in _VALUES}


# Fields that came later: where they say nothing they are left out, so that what was made before keeps its key.
_YOUNGER = ("preview", "gain_map", "file", "foreseen", "if_grown")


def size_after(steps: Sequence[Step], size: Size) -> Size:
    """The size of a picture after steps, from its size before them."""
    for step in steps:
        size = step.size_after(size)
    return size


def to_json(value: Any) -> Any:  # noqa: ANN401
    """A step, a tuple of steps, or anything in them as JSON: each value says its kind."""
    if (kind := type(value).__name__) in _KINDS:
        told = {name: part for name, part in vars(value).items() if part or name not in _YOUNGER}
        return {"kind": kind, **{name: to_json(part) for name, part in told.items()}}
    return [to_json(part) for part in value] if isinstance(value, tuple) else value


def from_json(data: Any) -> Any:  # noqa: ANN401
    """The value that `to_json` described."""
    if isinstance(data, dict):
        fields = {key: from_json(part) for key, part in data.items() if key != "kind"}
        return _KINDS[data["kind"]](**fields)
    return tuple(from_json(part) for part in data) if isinstance(data, list) else data


def sources(steps: Sequence[Step]) -> tuple[str, ...]:
    """The keys of all other files that steps need, each once."""
    return tuple(dict.fromkeys(original for step in steps for original in step.originals))
