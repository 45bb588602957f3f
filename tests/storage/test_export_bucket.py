"""An export into a bucket, and again."""

from pathlib import Path

import pytest

from picturerail.errors import StartupError
from picturerail.storage.export_bucket import ExportBucket
from picturerail.storage.objects import ObjectStorage


def test_files_come_into_a_bucket_by_their_names_and_stay(s3_url: str, tmp_path: Path) -> None:
    place, _, query = s3_url.partition("?")
    url = f"{place}/{tmp_path.name}?{query}"
    names = ("ภูเก็ต é-1.jpg", "a (1)-2.jpg", "100%41+b #&=;-3.jpg", "👨‍👩‍👧 ~[x]{y}^`'-4.jpg", "שלום-5.jpg")
    content = {name: name.encode() for name in names} | {"gallery.json": b"{}"}
    bucket = ExportBucket(url, tmp_path)
    for name, value in content.items():
        part = bucket.scratch(name)
        part.write_bytes(value)
        bucket.keep(name, part, None)
    assert list(tmp_path.iterdir()) == []
    again = ExportBucket(url, tmp_path)
    assert [again.holds(name, len(value)) for name, value in content.items()] == [True] * len(content)
    assert not again.holds("gallery.json", 3)
    assert not again.holds("gallery.json", 0)
    assert not again.holds("missing.jpg", 1)
    stored = ObjectStorage(url, "", tmp_path, name="It")
    for name, value in content.items():
        with stored.open(name) as file:
            assert file.read() == value


def test_a_bucket_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="The bucket of the export cannot be used: nothing answers"):
        ExportBucket("s3://key:secret@none?endpoint=http://127.0.0.1:9", tmp_path)
