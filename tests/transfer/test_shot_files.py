"""Which files are of one shot."""

from pathlib import PurePosixPath

import pytest

from picturerail.gallery.transfer.shot_files import ShotFiles, shot_of

NAMES = ["IMG_1.CR2", "IMG_1.JPG", "img_1.xmp", "IMG_2.JPG", "IMG_3.dng", "a.heic", "A.NEF", "a.mov"]


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("IMG_1.CR2", {"IMG_1.CR2", "IMG_1.JPG"}),
        ("IMG_1.JPG", {"IMG_1.CR2", "IMG_1.JPG"}),
        ("a.heic", {"a.heic", "A.NEF"}),
        ("img_1.xmp", None),
        ("IMG_2.JPG", None),
        ("IMG_3.dng", None),
    ],
)
def test_files_of_a_shot(name: str, files: set[str] | None) -> None:
    found = shot_of(PurePosixPath("2024") / name, NAMES)
    assert (set(found[1]) if found else None) == files


def test_a_shot_is_told_once_when_all_of_it_is_known() -> None:
    raw, jpeg, shots = PurePosixPath("x/IMG_1.CR2"), PurePosixPath("x/IMG_1.JPG"), ShotFiles()
    assert shots.note(jpeg, NAMES, "1", is_new=True) == []
    assert shots.note(PurePosixPath("y/IMG_1.CR2"), NAMES, "9", is_new=True) == [], "in another folder"
    assert shots.note(raw, NAMES, "2", is_new=False) == ["1", "2"]
    assert shots.note(jpeg, NAMES, "1", is_new=False) == []
    assert shots.note(raw, NAMES, "2", is_new=False) == [], "somebody may have taken them apart"


def test_a_file_that_was_not_taken_leaves_the_other_alone() -> None:
    shots = ShotFiles()
    assert shots.note(PurePosixPath("IMG_1.CR2"), NAMES, "", is_new=False) == []
    assert shots.note(PurePosixPath("IMG_1.JPG"), NAMES, "1", is_new=True) == []
