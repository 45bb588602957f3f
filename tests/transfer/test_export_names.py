"""Names of exported files fit every file system, and what a stranger's gallery.json says breaks nothing. Pure."""

import json
from pathlib import PurePosixPath

import pytest
from bson import ObjectId

from picturerail.gallery.pictures.model import parse_picture
from picturerail.gallery.transfer.exporter import name_of
from picturerail.gallery.transfer.gallery_json import GalleryJson, about_picture

MAX_NAME = 255  # bytes, of ext4 and most others


@pytest.mark.parametrize(
    ("filename", "of_format"),
    [
        ("ภ" * 251 + ".jpg", "jpg"),
        ("👨‍👩‍👧" * 50, ""),
        ("a." + "ก" * 200, ""),
        ("a.b\0c", ""),
        ("..", ""),
        ("a./b", ""),
        ('a.<b>"', ""),
        ("", "heic"),
        ("CON", "jpg"),
        ("photo\u202egpj.exe\x7f\x85", "jpg"),
    ],
)
def test_a_name_fits_every_file_system(filename: str, of_format: str) -> None:
    name = name_of(parse_picture({"_id": ObjectId(), "filename": filename, "format": of_format}))
    assert len(f"{name}.xmp.part".encode()) <= MAX_NAME
    assert not set(name) & set('\0/\\<>:"|?*\x7f\x85\u202e')
    assert not name.endswith((".", " "))
    assert not name.startswith(".")


def test_what_is_of_another_kind_in_gallery_json_counts_as_not_said() -> None:
    picture = {"file": "a.jpg", "marks": {"favourite": "yes", "stars": [1]}}
    albums = [
        {"title": "A", "pictures": None},
        {"title": "B"},
        {"title": "C", "pictures": ["a.jpg"]},
        {"title": [1]},
    ]
    read = GalleryJson.read(json.dumps({"pictures": [picture], "albums": albums}))
    assert read.told(PurePosixPath("a.jpg")).marks == {"favourite": "yes"}
    assert [each["pictures"] for each in read.albums] == [[], [], ["a.jpg"]]


def test_of_marks_only_ones_own_go_out_and_they_come_back() -> None:
    marks = ["anna:favourite=yes", "anna:stars=4", "ben:choice=pick"]
    picture = parse_picture({"_id": ObjectId(), "filename": "a.jpg", "marks": marks})
    told = about_picture(picture, "a.jpg", "anna")
    read = GalleryJson.read(json.dumps({"pictures": [told]}))
    assert read.told(PurePosixPath("a.jpg")).marks == {"favourite": "yes", "stars": "4"}
    assert "marks" not in about_picture(picture, "a.jpg", "operator")
