"""Lighthouse, where it is installed: its scores for a page, and which of its audits the page fails."""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

VERSION = 12
COMMAND = "LIGHTHOUSE"  # environment: where the command is, unless it is on the PATH
BROWSER = "CHROME_PATH"  # environment: Lighthouse's own name for the browser to start
FLAGS = "--headless=new --no-sandbox"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FORM_FACTORS = ("mobile", "desktop")
MAX_SECONDS = 300
MAX_TRIES = 3  # of a visit: where other work takes the machine, a browser may not come up, or lose its trace
HELP = (
    f"This needs Lighthouse {VERSION}: run 'npm install --prefix DIR lighthouse@{VERSION}', then set {COMMAND} to "
    "DIR/node_modules/.bin/lighthouse and try again."
)


@dataclass(frozen=True)
class Visit:
    """What Lighthouse says of one visit with an empty cache: scores of 100, seconds and shift, failed audits."""

    scores: dict[str, int]
    largest_paint: float
    blocked_ms: float
    shift: float
    failed: tuple[str, ...]


class LighthouseFailed(SystemExit):
    """It saw nothing of the page; ends the measurement unless a further try goes well."""


class Lighthouse:
    """The installed command and the browser that it starts."""

    def __init__(self) -> None:
        self._command = os.environ.get(COMMAND) or shutil.which("lighthouse")
        if not self._command or not shutil.which(self._command):
            raise SystemExit(HELP)
        self._browser = os.environ.get(BROWSER) or shutil.which("chromium")
        if not self._browser:
            raise SystemExit("This needs Chromium: run 'apt-get install chromium' as root, then try again.")
        self.version = self._run("--version").strip()
        if int(self.version.partition(".")[0]) != VERSION:
            raise SystemExit(f"{self._command} is Lighthouse {self.version}. {HELP}")

    def visit(self, url: str, form_factor: str, categories: Collection[str] = CATEGORIES) -> Visit:
        """One visit, with the throttling that Lighthouse has for the form factor by itself."""
        preset = ["--preset=desktop"] if form_factor == "desktop" else []
        only = [f"--only-categories={','.join(categories)}"]
        how = ["--quiet", "--output=json", f"--chrome-flags={FLAGS}", *only, *preset]
        for _ in range(MAX_TRIES - 1):
            with contextlib.suppress(LighthouseFailed):
                return read(json.loads(self._run(url, *how)))
        return read(json.loads(self._run(url, *how)))

    def _run(self, *arguments: str) -> str:
        environment = os.environ | {BROWSER: str(self._browser)}
        command = [str(self._command), *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, timeout=MAX_SECONDS, check=False
        )
        if done.returncode:
            raise LighthouseFailed(f"Lighthouse ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout


def read(told: dict[str, Any]) -> Visit:
    """What counts of Lighthouse's own report; LighthouseFailed when it could not see the page."""
    if problem := told.get("runtimeError"):
        raise LighthouseFailed(
            f"Lighthouse could not see {told.get('requestedUrl')}: {problem.get('message')}"
        )
    audits = told["audits"]

    def number(audit: str) -> float:
        return float(audits.get(audit, {}).get("numericValue", 0))

    return Visit(
        scores={name: round(100 * (one["score"] or 0)) for name, one in told["categories"].items()},
        largest_paint=number("largest-contentful-paint") / 1000,
        blocked_ms=number("total-blocking-time"),
        shift=number("cumulative-layout-shift"),
        failed=tuple(sorted(_failed(told))),
    )


def _failed(told: dict[str, Any]) -> set[str]:
    """The audits that cost a category points, but those that are only a measured time."""
    counted = (
        reference["id"]
        for name, category in told["categories"].items()
        for reference in category["auditRefs"]
        if reference["weight"] and name != "performance"
    )
    return {
        name for name in counted if (told["audits"][name]["score"] or 0) < 1 and _scored(told["audits"][name])
    }


def _scored(audit: dict[str, Any]) -> bool:
    return audit["scoreDisplayMode"] in {"binary", "numeric", "metricSavings"}
