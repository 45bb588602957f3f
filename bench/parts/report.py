"""Writes what a measurement found: a Markdown table of its own, and its targets into the one table of all."""

import json
import os
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path("docs/benchmarks")
DATA = FOLDER / "data"
CAVEAT = (
    "Measured on {cores} cores that other work shares: absolute figures vary with the machine, "
    "so compare the ratios, which are medians of rounds interleaved within one run."
)


@dataclass(frozen=True)
class Verdict:
    """One target, what was measured against it, and whether it was met."""

    target: str
    measured: str
    met: bool


@dataclass
class Report:
    """One measurement's page."""

    name: str
    title: str
    command: str
    about: str = ""
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    plot: str = ""
    notes: list[str] = field(default_factory=list)

    def row(self, *cells: object) -> None:
        """Add a line to the table; also prints it, so that long runs can be followed."""
        self.rows.append([str(cell) for cell in cells])
        print("  ".join(self.rows[-1]), flush=True)

    def judge(self, target: str, measured: str, *, met: bool) -> None:
        """Hold a figure against a target."""
        self.verdicts.append(Verdict(target, measured, met))
        print(f"{'met' if met else 'MISSED'}: {target}: {measured}", flush=True)

    def write(self) -> None:
        """The page, its plot, and the table of all targets."""
        DATA.mkdir(parents=True, exist_ok=True)
        page = FOLDER / f"{self.name}.md"
        page.write_text(self._markdown())
        if self.plot:
            page.with_suffix(".svg").write_text(self.plot)
        verdicts = [asdict(verdict) for verdict in self.verdicts]
        kept = {
            "title": self.title,
            "day": _today(),
            "commit": _commit(),
            "load": _load(),
            "verdicts": verdicts,
        }
        (DATA / f"{self.name}.json").write_text(json.dumps(kept, indent=1) + "\n")
        write_index()
        print(f"wrote {page}")

    def _markdown(self) -> str:
        parts = [f"# {self.title}", self.about, CAVEAT.format(cores=os.cpu_count())]
        parts += [
            f"Command: `{self.command}`. Run on {_today()} at commit {_commit()}, load average {_load()}."
        ]
        parts += [f"![{self.title}]({self.name}.svg)"] if self.plot else []
        parts += [table(self.header, self.rows)] if self.rows else []
        if self.verdicts:
            parts += ["## Targets", table(["target", "measured", "verdict"], _cells(self.verdicts))]
        parts += [f"- {note}" for note in self.notes]
        return "\n\n".join(part for part in parts if part) + "\n"


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write_index() -> None:
    """docs/benchmarks/README.md: every target of every measurement, from what each left in data/."""
    rows = []
    for path in sorted(DATA.glob("*.json")):
        kept = json.loads(path.read_text())
        verdicts = [Verdict(**verdict) for verdict in kept["verdicts"]]
        for cells in _cells(verdicts) or [[kept["title"], "no target", ""]]:
            rows.append([f"[{path.stem}]({path.stem}.md)", *cells, kept["day"], kept.get("load", "")])
    text = f"# Benchmarks\n\n{CAVEAT.format(cores=os.cpu_count())}\n\n"
    text += (
        "Each line names a measurement; `python -m bench <name>` makes it again. `load` is the load average of five "
        "minutes at its end: far above the number of cores, verdicts on speed count little.\n\n"
    )
    (FOLDER / "README.md").write_text(
        text + table(["measurement", "target", "measured", "", "day", "load"], rows) + "\n"
    )


def _cells(verdicts: list[Verdict]) -> list[list[str]]:
    return [[one.target, one.measured, "met" if one.met else "**missed**"] for one in verdicts]


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _load() -> str:
    return f"{os.getloadavg()[1]:.0f}"


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
