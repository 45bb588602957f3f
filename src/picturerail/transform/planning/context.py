"""What planning needs to know beside the transformation and its source."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from picturerail.errors import BadRequest, NotFound
from picturerail.image_formats import WRITABLE
from picturerail.transform.grammar import Component, Transformation
from picturerail.transform.language.layers import STYLES
from picturerail.transform.language.values import Scalar
from picturerail.transform.probe import SourceInfo


@dataclass(frozen=True)
class Output:
    """The format of the answer, chosen from f_, the extension or Accept; hints of the browser; limits of size."""

    format: str
    max_side: int = 16383  # the most that WebP can hold
    max_pixels: int = 40_000_000  # over all frames; encoders hold up to 8 bytes for each
    width_hint: int | None = None  # Sec-CH-Width, for w_auto
    dpr_hint: float = 1.0  # Sec-CH-DPR, for dpr_auto

    def __post_init__(self) -> None:
        """A format that we cannot write is a mistake of the caller."""
        if self.format not in WRITABLE:
            raise ValueError(f"{self.format} is not one of {', '.join(WRITABLE)}")


@dataclass(frozen=True)
class Face:
    """Where a face is, in fractions of the picture as seen."""

    x: float
    y: float
    width: float
    height: float


def _no_faces() -> Sequence[Face]:
    return ()


@dataclass(frozen=True)
class LayerAsset:
    """A stored picture that is used as a layer: its header, the key of its original, and what is where in it."""

    info: SourceInfo
    original: str
    faces: Callable[[], Sequence[Face]] = _no_faces
    custom: tuple[Face, ...] = ()


def _no_name(name: str) -> Transformation:
    raise BadRequest(f"There is no named transformation '{name}' (t_{name}).")


def _no_layer(kind: str, name: str) -> LayerAsset:
    raise NotFound(f"Resource not found - layer {kind}/{name}")


def _no_style(name: str) -> Component:
    raise BadRequest(f"There is no stored text '{name}' whose style could be taken; text needs {STYLES}.")


def _no_raw(name: str) -> str:
    raise NotFound(f"Resource not found - raw file {name}")


def _no_font(name: str) -> str:
    raise NotFound(f"Resource not found - font {name}")


@dataclass(frozen=True)
class Context:
    """Answers to what a transformation may ask for; each is asked only when it is needed."""

    named: Callable[[str], Transformation] = _no_name  # t_: by its name; BadRequest for none
    # l_: by type (upload, private, ..., fetch) and public_id
    layer: Callable[[str, str], LayerAsset] = _no_layer
    # l_lut and cs_icc: the key of a raw file's original, by its public_id
    raw: Callable[[str], str] = _no_raw
    font: Callable[[str], str] = _no_font  # l_text: the key of a font's original, by its public_id
    # l_text: with the public_id of a stored text, as its layer was
    style: Callable[[str], Component] = _no_style
    faces: Callable[[], Sequence[Face]] = _no_faces  # g_face and the like; the largest first
    custom: tuple[Face, ...] = ()  # g_custom: the regions that were told with the picture
    quality: str = ""  # what stands in the place of an automatic one
    tags: tuple[str, ...] = ()  # for if_!word!_in_tags
    values: Mapping[str, Scalar | tuple[str, ...]] = field(default_factory=dict)  # "ctx:key" and "md:key"
