"""What the SDK's tests import and its source distribution leaves out, written from what the tests ask of it.

Constants that are new for each run, answers of a mocked connection, readers of a mocked request, and clean-up.
"""

import functools
import json
import random
import re
import struct
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any, BinaryIO
from unittest import TestCase, mock
from urllib.parse import parse_qsl, urlsplit

import urllib3
from cloudinary import api

patch = mock.patch

SUFFIX = str(random.randint(10_000, 99_999))
TEST_TAG = "pycloudinary_test"
UNIQUE_TAG = f"{TEST_TAG}_{SUFFIX}"
UNIQUE_TEST_ID = UNIQUE_TAG
UNIQUE_SUB_ACCOUNT_ID = UNIQUE_TAG
TEST_FOLDER = "test_folder"
UNIQUE_TEST_FOLDER = f"{TEST_FOLDER}_{SUFFIX}"

# Relative, as a user would name them: the suite runs in the folder above.
RESOURCES = "test/resources/"
TEST_IMAGE = RESOURCES + "logo.png"
TEST_UNICODE_IMAGE = RESOURCES + "üni_näme_lögö.png"
TEST_DOC = RESOURCES + "docx.docx"
TEST_ICON = RESOURCES + "favicon.ico"
TEST_IMAGE_SIZE = Path(TEST_IMAGE).stat().st_size
REMOTE_TEST_IMAGE = "http://cloudinary.com/images/old_logo.png"

EVAL_STR = (
    'if (resource_info["width"] < 450) { upload_options["quality_analysis"] = true }; '
    'upload_options["context"] = "width=" + resource_info["width"]'
)
ON_SUCCESS_STR = 'current_asset.update({tags: ["autocaption"]});'

# The one method through which urllib3 2 sends every request.
URLLIB3_REQUEST = "urllib3._request_methods.RequestMethods.request"
MOCK_REQUEST_ID = "4f2a0d6c8b1e3f5a7c9d2e4f6a8b0c1d"

UTC: Callable[[], tzinfo] = functools.partial(timezone, timedelta(0))


# ---- answers of a mocked connection ----------------------------------------------------------------------
def http_response_mock(
    body: str = "", headers: Mapping[str, str] | None = None, status: int = 200
) -> urllib3.HTTPResponse:
    """An answer whose body may be read as often as one likes."""
    return urllib3.HTTPResponse(body=body.encode(), headers=headers or {}, status=status)


def api_response_mock(body: str = '{"foo":"bar"}') -> urllib3.HTTPResponse:
    """An answer of the Admin API, with the limits that it always tells."""
    limits = {
        "x-featureratelimit-limit": "500",
        "x-featureratelimit-reset": "Thu, 01 Jan 2026 00:00:00 GMT",
        "x-featureratelimit-remaining": "499",
        "x-request-id": MOCK_REQUEST_ID,
    }
    return http_response_mock(body, limits)


def uploader_response_mock() -> urllib3.HTTPResponse:
    """An answer of the Upload API; the SDK's breakpoint cache reads the last part."""
    breakpoints = {"breakpoints": [{"width": 206}, {"width": 50}], "transformation": "a_45/c_scale"}
    return http_response_mock(json.dumps({"public_id": "mocked", "responsive_breakpoints": [breakpoints]}))


# ---- readers of a mocked request -------------------------------------------------------------------------
def get_method(mocker: mock.Mock) -> str:
    """The method of the last request."""
    return str(_sent(mocker)["method"])


def get_uri(mocker: mock.Mock) -> str:
    """The address of the last request, without its query."""
    return str(_sent(mocker)["url"]).partition("?")[0]


def get_headers(mocker: mock.Mock) -> dict[str, str]:
    """The headers of the last request."""
    return dict(_sent(mocker)["headers"])


def get_json_body(mocker: mock.Mock) -> Any:  # noqa: ANN401 - any JSON
    """The JSON body of the last request."""
    return json.loads(_sent(mocker)["body"])


def get_params(mocker: mock.Mock) -> dict[str, Any]:
    """The parameters of the last request: from its JSON body, its form fields or its query."""
    sent = _sent(mocker)
    if sent.get("body"):
        return dict[str, Any](get_json_body(mocker))
    fields = sent.get("fields")
    if fields is None:
        return _gather(parse_qsl(urlsplit(sent["url"]).query, keep_blank_values=True))
    return _gather(fields.items() if isinstance(fields, Mapping) else fields)


def get_param(mocker: mock.Mock, name: str) -> Any:  # noqa: ANN401 - what the test sent
    """One parameter of the last request, None when it was not sent."""
    return get_params(mocker).get(name)


def get_list_param(mocker: mock.Mock, name: str) -> list[Any]:
    """One parameter that was sent as a list."""
    return list(get_params(mocker).get(name, []))


def _sent(mocker: mock.Mock) -> dict[str, Any]:
    """The arguments of the last request by name, also when the SDK gave them by position."""
    names = ("method", "url", "body", "fields", "headers")
    arguments: dict[str, Any] = mocker.call_args[1]
    return dict(zip(names, mocker.call_args[0], strict=False)) | arguments


def _gather(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """`ids[]`, `ids[0]`, `ids[1]` become one list `ids`."""
    params: dict[str, Any] = {}
    for name, value in pairs:
        if item := re.fullmatch(r"(.+)\[\d*\]", name):
            params.setdefault(item[1], []).append(value)
        else:
            params[name] = value
    return params


# ---- files, patience and clean-up ------------------------------------------------------------------------
def populate_large_file(file: BinaryIO, size: int) -> None:
    """Write a file of exactly `size` bytes: a bitmap of 1400 x 1400 when `size` is that of one, else its start."""
    header, width, height = 138, 1400, 1400
    info = struct.pack("<IiiHHIIiiII", header - 14, width, height, 1, 24, 0, width * height * 3, 0, 0, 0, 0)
    start = b"BM" + struct.pack("<IHHI", size, 0, 0, header) + info.ljust(header - 14, b"\0")
    file.write(start.ljust(size, b"\xff")[:size])
    file.seek(0)


def retry_assertion(tries: int = 3, delay: float = 1) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test again when an assertion fails: what it looks for may take a moment to be indexed."""

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def patient(*args: object, **kwargs: object) -> None:
            for _ in range(tries - 1):
                try:
                    return test(*args, **kwargs)
                except AssertionError:
                    time.sleep(delay)
            return test(*args, **kwargs)

        return patient

    return decorate


@contextmanager
def ignore_exception(
    error_classes: tuple[type[Exception], ...] = (Exception,),
    suppress_traceback_classes: tuple[type[Exception], ...] = (),
) -> Iterator[None]:
    """Go on after an error; print it unless it is one of those that are expected."""
    try:
        yield
    except error_classes as error:
        if not isinstance(error, suppress_traceback_classes):
            traceback.print_exc()


Cleanup = Iterable[Sequence[Any]]


def _for_each(delete: Callable[..., object], params: Cleanup) -> None:
    """Call `delete(thing, **options)` for each `(thing,)` or `(thing, options)`."""
    for thing, *options in params:
        with ignore_exception():
            delete(thing, **(options[0] if options else {}))


def cleanup_test_resources_by_tag(params: Cleanup) -> None:
    """Delete assets by tag."""
    _for_each(api.delete_resources_by_tag, params)


def cleanup_test_resources(params: Cleanup) -> None:
    """Delete assets by public_id."""
    _for_each(api.delete_resources, params)


def cleanup_test_transformation(params: Cleanup) -> None:
    """Delete transformations."""
    for names, *options in params:
        _for_each(api.delete_transformation, [(name, *options) for name in names])


class CldTestCase(TestCase):
    """A test case that can compare parts of objects."""

    def assertObjectContainsSubset(self, actual: Mapping[str, Any], expected: Mapping[str, Any]) -> None:  # noqa: N802 - the tests' name
        """Fail unless `actual` has every item of `expected`."""
        self.assertEqual({**actual, **expected}, dict(actual))  # noqa: PT009 - a unittest case
