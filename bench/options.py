"""What every measurement can be told on the command line."""

from dataclasses import dataclass
from pathlib import Path

from bench.parts.photographs import Photograph, described, photographs
from bench.peers.base import CACHE

USUAL_ROUNDS = 5


@dataclass(frozen=True)
class Options:
    """The parsed command line."""

    photos: Path | None
    rounds: int
    alone: bool  # without the peers that make pictures
    count: int  # how many pictures, URLs or documents; 0 is the measurement's own number
    data: Path | None = None  # a folder in which filled databases stay for the next time

    def photographs(self, least_pixels: int = 0) -> list[Photograph]:
        """The photographs to measure with."""
        return photographs(self.photos, CACHE / "photographs", least_pixels=least_pixels)

    def described(self, found: list[Photograph]) -> str:
        """A phrase for the table: what was measured with."""
        return described(self.photos, found)

    def command(self, name: str) -> str:
        """How a reader makes this measurement again."""
        photos = " --photos DIR" * bool(self.photos)
        rounds = f" --rounds {self.rounds}" * (self.rounds != USUAL_ROUNDS)
        return f"python -m bench {name}{photos}{' --alone' * self.alone}{rounds}"
