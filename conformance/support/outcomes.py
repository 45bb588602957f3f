"""A pytest plugin: one JSON line for each outcome, in the file that CONFORMANCE_OUTCOMES names."""

import json
import os
from pathlib import Path

import pytest


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write what matters: the call itself, and everything that went wrong or was skipped around it."""
    if report.when == "call" or not report.passed:
        line = {
            "test": report.nodeid,
            "outcome": report.outcome if report.when == "call" or report.skipped else "error",
            "message": str(report.longrepr)[-4000:] if report.longrepr else "",
        }
        with Path(os.environ["CONFORMANCE_OUTCOMES"]).open("a") as file:
            file.write(json.dumps(line) + "\n")
