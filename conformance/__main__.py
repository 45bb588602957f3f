"""python -m conformance [--verbose]: run the SDK's suite against our service, and beside it two that know nothing."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from conformance import source
from conformance.servers import CONSTANT, NOT_FOUND, server_that_answers
from conformance.service import conformance_service
from conformance.suite import EXPECTED_FAILURES, NOT_RUN, Result, run_suite

BASELINES = source.CACHE / "baselines.json"


def main() -> int:
    """Run, report, and return the exit code."""
    source.prepare_suite()
    baselines = json.loads(BASELINES.read_text()) if BASELINES.exists() else _measure_baselines()
    discriminating = set(baselines["discriminating"])
    with tempfile.TemporaryDirectory() as folder, conformance_service(Path(folder)) as url:
        result = run_suite(url)
    print(f"{'server':<16}{'passed':>8}{'failed':>8}{'skipped':>9}{'discriminating':>20}{'seconds':>9}")
    for name, row in baselines["servers"].items():
        _print_row(name, **row)
    _print_row("this service", **_row(result, discriminating))
    return _report(result, verbose="--verbose" in sys.argv)


def _measure_baselines() -> dict[str, Any]:
    """Run the suite against both servers that know nothing, and keep what they tell.

    A test is discriminating when the constant server cannot pass it.
    """
    with server_that_answers(200, CONSTANT) as url:
        constant = run_suite(_credentials(url))
    with server_that_answers(404, NOT_FOUND) as url:
        missing = run_suite(_credentials(url))
    discriminating = constant.not_passed
    rows = {"constant JSON": _row(constant, discriminating), "404": _row(missing, discriminating)}
    baselines = {"discriminating": sorted(discriminating), "servers": rows}
    BASELINES.write_text(json.dumps(baselines, indent=1))
    return baselines


def _credentials(url: str) -> str:
    return f"cloudinary://key:secret@cloud?upload_prefix={url}&cname={url.partition('://')[2]}"


def _row(result: Result, discriminating: set[str]) -> dict[str, object]:
    return {
        "passed": result.counts["passed"],
        "failed": len(result.not_passed),
        "skipped": result.counts["skipped"],
        "discriminating": f"{len(result.passed & discriminating)} of {len(discriminating)}",
        "seconds": round(result.seconds),
    }


def _print_row(name: str, **row: object) -> None:
    widths = zip(row.values(), (8, 8, 9, 20, 9), strict=True)
    print(f"{name:<16}" + "".join(f"{value!s:>{width}}" for value, width in widths))


def _report(result: Result, *, verbose: bool) -> int:
    """Name what is not as expected; 1 when there is such a test."""
    print(
        f"\nnot run: {len(NOT_RUN)}, expected to fail: {len(EXPECTED_FAILURES)} (conformance/expected.toml says why)"
    )
    unexpected = sorted(result.not_passed - EXPECTED_FAILURES.keys())
    outdated = sorted(EXPECTED_FAILURES.keys() & result.passed)
    for test in unexpected:
        print(f"FAILED {test}")
        if verbose:
            print(result.messages[test])
    for test in outdated:
        print(f"PASSED, though it is expected to fail: {test}")
    return 1 if unexpected or outdated else 0


if __name__ == "__main__":
    sys.exit(main())
