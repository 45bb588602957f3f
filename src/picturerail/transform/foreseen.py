"""What was found before a picture is made for steps that can be planned only while it is made, as frozen values."""

from dataclasses import dataclass
from typing import TypeAlias

from picturerail.transform.probe import SourceInfo

Box: TypeAlias = tuple[float, float, float, float]  # left, top, width, height
Result: TypeAlias = int | float | str | tuple[str, ...]


@dataclass(frozen=True)
class FoundLayer:
    """A stored picture by the type and public_id that a layer names: its header, its original, and what is in it."""

    type: str
    name: str
    original: str
    info: SourceInfo
    faces: tuple[Box, ...] = ()  # in fractions of it
    custom: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Foreseen:
    """All that later steps may ask for: an image worker can ask nobody."""

    layers: tuple[FoundLayer, ...] = ()
    files: tuple[tuple[str, str], ...] = ()  # keys of the originals of tables and fonts, by their public_ids
    named: tuple[tuple[str, str], ...] = ()  # named transformations
    styles: tuple[tuple[str, str], ...] = ()  # of stored texts, as the layers that they are
    faces: tuple[Box, ...] = ()  # in pixels of the picture as it is then
    custom: tuple[Box, ...] = ()
    tags: tuple[str, ...] = ()
    values: tuple[tuple[str, Result], ...] = ()  # what formulas speak of

    @property
    def originals(self) -> tuple[str, ...]:
        """The keys of all files that the steps may need."""
        return (*(layer.original for layer in self.layers), *(key for _, key in self.files))
