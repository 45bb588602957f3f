"""How many of our files a picture that is not yet made enters in the web process."""

import sys
from pathlib import Path
from types import FrameType
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

import picturerail
from picturerail.media.app import App, create_app
from picturerail.media.service import Media
from tests.files import jpeg
from tests.media.in_process import put

MAX_FILES = 30
MAX_FILES_WITH_PLAN = 50
ROOT = str(Path(picturerail.__file__).parent)


def entered(app: App, path: str) -> set[str]:
    """The files of ours whose functions run while one GET is answered."""
    environ: dict[str, Any] = {
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "HTTP_ACCEPT": "image/avif,image/webp,*/*",
    }
    setup_testing_defaults(environ)
    files: set[str] = set()
    said: list[str] = []

    def start(status: str, *_: object) -> Any:
        said.append(status)

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_name != "<module>" and code.co_filename.startswith(ROOT):
            files.add(code.co_filename.removeprefix(f"{ROOT}/"))

    sys.setprofile(note)
    try:
        answer = app.wsgi(environ, start)
        body = b"".join(answer)
        getattr(answer, "close", lambda: None)()
    finally:
        sys.setprofile(None)
    assert (said, bool(body)) == (["200 OK"], True)
    return files


@pytest.fixture
def app(media: Media) -> App:
    return create_app(media.settings, media.database)


def test_a_cold_picture_enters_few_files(media: Media, app: App) -> None:
    """One of a size and a transformation that the process has met: the plan is known, the picture is not."""
    for number, name in enumerate(("first", "second")):
        put(media, name, jpeg(900, 600, number))
    address = f"/{media.settings.cloud_name}/image/upload/c_fill,f_auto,g_auto,h_80,q_auto,w_80"
    first, second = (entered(app, f"{address}/{name}") for name in ("first", "second"))
    assert len(second) <= MAX_FILES, "\n".join(sorted(second))
    assert len(first) <= MAX_FILES_WITH_PLAN, "\n".join(sorted(first))
