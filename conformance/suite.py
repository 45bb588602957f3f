"""Run the suite against one server and count."""

import json
import os
import subprocess
import sys
import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from conformance.source import ROOT, prepare_suite

EXPECTATIONS = tomllib.loads((ROOT / "expected.toml").read_text())
NOT_RUN: dict[str, str] = EXPECTATIONS["not_run"]
EXPECTED_FAILURES: dict[str, str] = EXPECTATIONS["failing"]
WORST_LAST = ("passed", "skipped", "failed", "error")


@dataclass(frozen=True)
class Result:
    """What one run found: the outcome of each test, the messages of those that failed, and its seconds."""

    outcomes: dict[str, str]
    messages: dict[str, str]
    seconds: float

    @property
    def counts(self) -> Counter[str]:
        """How many tests had which outcome."""
        return Counter(self.outcomes.values())

    @property
    def passed(self) -> set[str]:
        """The tests that passed."""
        return {test for test, outcome in self.outcomes.items() if outcome == "passed"}

    @property
    def not_passed(self) -> set[str]:
        """The tests that failed, or whose class could not be set up or cleaned up."""
        return {test for test, outcome in self.outcomes.items() if outcome in ("failed", "error")}


def run_suite(cloudinary_url: str, *select: str) -> Result:
    """Run the suite, or only the tests named by `select`, with the SDK configured by the environment alone."""
    folder = prepare_suite()
    lines = folder / f"outcomes-{os.getpid()}.jsonl"
    lines.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", *(select or ["test"]), "-q", "-p", "no:cacheprovider"]
    command += ["-c", os.devnull, "--rootdir", str(folder), "-p", "outcomes"]
    command += [argument for test in NOT_RUN for argument in ("--deselect", test)]
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=folder,
        env=_environment(cloudinary_url, lines),
        check=False,
        capture_output=True,
        text=True,
    )
    if not lines.exists():
        raise SystemExit(f"The suite could not be run:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    result = _read(lines, time.monotonic() - started)
    lines.unlink()
    return result


def _environment(cloudinary_url: str, lines: Path) -> dict[str, str]:
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("CLOUDINARY_", "PYTEST_", "PICTURERAIL_"))
    }
    return kept | {
        "CLOUDINARY_URL": cloudinary_url,
        "RUN_SEARCH_TESTS": "1",
        "CONFORMANCE_OUTCOMES": str(lines),
    }


def _read(lines: Path, seconds: float) -> Result:
    outcomes: dict[str, str] = {}
    messages: dict[str, str] = {}
    for line in map(json.loads, lines.read_text().splitlines()):
        known = outcomes.get(line["test"], line["outcome"])
        outcomes[line["test"]] = max(known, line["outcome"], key=WORST_LAST.index)
        messages[line["test"]] = messages.get(line["test"], "") + line["message"]
    return Result(outcomes, messages, seconds)
