"""What a search expression says: a tree of conditions, as plain data."""

from dataclasses import dataclass
from typing import TypeAlias

ANY_FIELD = ""


@dataclass(frozen=True)
class FieldTerm:
    """One condition: `field operator value`; `prefix` when the value ended in `*`. The operator is : = > >= < or <=.

    The positions, of the value and of the field, serve complaints.
    """

    field: str
    operator: str
    value: str
    prefix: bool = False
    position: int = 0
    field_position: int = 0


@dataclass(frozen=True)
class Bound:
    """One end of a range; `value` is None where it is open."""

    value: str | None
    included: bool


@dataclass(frozen=True)
class Range:
    """A field between two bounds: [included TO included], {excluded TO excluded}."""

    field: str
    low: Bound
    high: Bound
    position: int = 0
    field_position: int = 0


@dataclass(frozen=True)
class Not:
    """The opposite of a condition."""

    part: "Node"


@dataclass(frozen=True)
class And:
    """All of several conditions."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """Any of several conditions."""

    parts: tuple["Node", ...]


Node: TypeAlias = FieldTerm | Range | Not | And | Or
EVERYTHING = And(())
