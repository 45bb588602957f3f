"""The endpoints page is complete: every parameter that the SDK sends, and every remark belongs to something."""

import re
from pathlib import Path

import cloudinary.utils

from picturerail import reference
from picturerail.media import coverage

MEDIA = Path(coverage.__file__).parent
NAMED = {*coverage.PARAMETERS, *coverage.PARAMETERS_PARTLY, *coverage.PARAMETERS_NOT_HERE}


def test_every_parameter_that_the_sdk_uploads_with_is_explained() -> None:
    assert set(cloudinary.utils.upload_params) - NAMED == set()


def test_every_parameter_that_is_said_to_work_is_read_somewhere() -> None:
    source = "".join(path.read_text() for path in MEDIA.rglob("*.py") if path.name != "coverage.py")
    source += (MEDIA.parent / "signing.py").read_text()
    read = set(re.findall(r'"([a-z_]+)"', source))
    assert {*coverage.PARAMETERS, *coverage.PARAMETERS_PARTLY} - read - {"invalidate"} == set()


def test_no_parameter_is_explained_twice() -> None:
    tables = (coverage.PARAMETERS, coverage.PARAMETERS_PARTLY, coverage.PARAMETERS_NOT_HERE)
    assert sum(map(len, tables)) == len(NAMED)


def test_remarks_belong_to_endpoints_and_endpoints_say_what_they_do() -> None:
    rows = re.findall(
        r"^\| `((?:GET|POST|PUT|DELETE) [^`]+)` \| (.*?) \| ([a-z ]+)",
        reference.endpoints_page(),
        re.MULTILINE,
    )
    described = {name: text for name, text, _ in rows}
    assert set(coverage.PARTLY) - {name for name, text in described.items() if text} == set()
    assert [name for name, text, state in rows if state == "done" and not text] == []
