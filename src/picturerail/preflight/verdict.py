"""What a look at one thing has shown."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much it matters."""

    WELL = "ok"
    NOTE = "note"  # works, and may be better
    WRONG = "wrong"  # a start fails, or visitors do


@dataclass(frozen=True)
class Verdict:
    """One line: what was looked at, how it is, and what to do where it is not well."""

    what: str
    severity: Severity
    sentence: str

    def __str__(self) -> str:
        """As it is printed."""
        return f"{self.severity:<6} {self.what:<14} {self.sentence}"


def well(what: str, sentence: str) -> Verdict:
    """All is as it should be."""
    return Verdict(what, Severity.WELL, sentence)


def note(what: str, sentence: str) -> Verdict:
    """It works; the sentence says what would be better."""
    return Verdict(what, Severity.NOTE, sentence)


def wrong(what: str, sentence: str) -> Verdict:
    """It does not work; the sentence says what to do."""
    return Verdict(what, Severity.WRONG, sentence)
