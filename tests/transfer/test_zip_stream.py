"""The length of a zip is known before its first byte, however large its files are said to be."""

import io
import random
import zipfile
from datetime import UTC, datetime

import pytest

from picturerail.errors import Unavailable
from picturerail.gallery.transfer.zip_stream import ZipEntry, length_of, stream


def entry(name: str, content: bytes, at: datetime | None = None) -> ZipEntry:
    return ZipEntry(name, at, len(content), lambda: [content[:7], content[7:]])


@pytest.mark.parametrize("limit", [2**31 - 1, 4000, 900, 300, 40])
@pytest.mark.parametrize("count_limit", [65535, 3])
@pytest.mark.parametrize("sizes", [[], [0], [10], [500, 20], [901, 3000, 1, 5000], [41] * 20])
def test_the_length_is_what_comes(
    monkeypatch: pytest.MonkeyPatch, limit: int, count_limit: int, sizes: list[int]
) -> None:
    """With lower limits the forms that are else for gigabytes are met."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", limit)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", count_limit)
    chance = random.Random(3)
    content = {
        f"{'ภ é-'[: index % 5]}{index}.jpg": chance.randbytes(size) for index, size in enumerate(sizes)
    }
    entries = [entry(name, value) for name, value in content.items()]
    whole = b"".join(stream(entries))
    assert len(whole) == length_of(entries)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == content


def test_a_file_has_its_time_and_none_before_1980() -> None:
    taken = datetime(2024, 7, 14, 10, 11, 12, tzinfo=UTC)
    entries = [entry("a", b"a", taken), entry("b", b"b", datetime(1970, 1, 1, tzinfo=UTC)), entry("c", b"c")]
    with zipfile.ZipFile(io.BytesIO(b"".join(stream(entries)))) as archive:
        times = [each.date_time for each in archive.infolist()]
    assert times == [(2024, 7, 14, 10, 11, 12), (1980, 1, 1, 0, 0, 0), (1980, 1, 1, 0, 0, 0)]


def test_a_file_of_another_length_ends_it_in_the_middle() -> None:
    blocks = stream([ZipEntry("a", None, 5, lambda: [b"four"]), entry("b", b"never reached")])
    with pytest.raises(Unavailable, match="another length"):
        list(blocks)
