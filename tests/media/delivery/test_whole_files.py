"""Whole originals leave as files, which hold less memory for a slow reader than streams do; parts are streams."""

import io
from pathlib import Path
from typing import BinaryIO

import pytest
from werkzeug.test import create_environ

from picturerail.door.answers import FILE_BYTES, MAX_MEMORY, STREAM_BYTES
from picturerail.door.applications import FileBlocks, call
from picturerail.media.http.file_response import partial, stream
from picturerail.visitors import Visitor

SIZE = 2 * MAX_MEMORY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "original"
    path.write_bytes(bytes(SIZE))
    return path


def _environ() -> dict[str, object]:
    return create_environ() | {"wsgi.file_wrapper": FileBlocks}


def test_a_whole_original_is_sent_as_a_file(path: Path) -> None:
    answer = call(stream(path.open("rb"), {}), _environ(), Visitor(""))
    assert (answer.file, answer.held) == (str(path), FILE_BYTES)


def test_all_bytes_as_a_part_are_a_file_as_well(path: Path) -> None:
    answer = call(partial(stream(path.open("rb"), {}), 0, SIZE - 1), _environ(), Visitor(""))
    assert (answer.status, answer.file) == (206, str(path))


@pytest.mark.parametrize(("first", "last"), [(1, SIZE - 1), (0, SIZE - 2)])
def test_a_part_is_a_stream(path: Path, first: int, last: int) -> None:
    answer = call(partial(stream(path.open("rb"), {}), first, last), _environ(), Visitor(""))
    assert (answer.file, answer.held) == ("", STREAM_BYTES)
    assert len(b"".join((*answer.beginning, *(answer.stream or ())))) == last - first + 1


@pytest.mark.parametrize("gone", [True, False])
def test_what_has_no_path_is_a_stream(path: Path, gone: bool) -> None:
    file: BinaryIO = path.open("rb") if gone else io.BytesIO(bytes(SIZE))
    path.unlink()
    answer = call(stream(file, {}), _environ(), Visitor(""))
    assert answer.file == ""
    assert len(b"".join((*answer.beginning, *(answer.stream or ())))) == SIZE
