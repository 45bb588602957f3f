"""The short form of `make conformance`: the part of the SDK's own suite that asks most of the service."""

from pathlib import Path

from conformance.service import conformance_service
from conformance.suite import EXPECTED_FAILURES, run_suite

# Without the upload tests, which take longest, and those that never reach a server.
SHORT = (
    *("test_api", "test_archive", "test_cloudinary_resource", "test_http_client", "test_metadata"),
    *("test_notifications", "test_search", "test_streaming_profiles", "test_triggers"),
)


def test_the_sdks_own_tests_pass(tmp_path: Path) -> None:
    with conformance_service(tmp_path) as url:
        result = run_suite(url, *(f"test/{name}.py" for name in SHORT))
    failed = {test: result.messages[test] for test in result.not_passed - EXPECTED_FAILURES.keys()}
    assert not failed, "\n\n".join(f"{test}\n{message}" for test, message in failed.items())
    assert len(result.passed) > 150
