"""Which files are of one shot."""

from pathlib import PurePosixPath

from picturerail.gallery.transfer.shot_files import ShotFiles, shots_among

NAMES = ["IMG_1.CR2", "IMG_1.JPG", "img_1.xmp", "IMG_2.JPG", "IMG_3.dng", "a.heic", "A.NEF", "a.mov"]


def test_files_of_shots() -> None:
    assert shots_among(NAMES) == {"img_1": {"IMG_1.CR2", "IMG_1.JPG"}, "a": {"a.heic", "A.NEF"}}
    for other in ("a.jpe", "a.JPEG", "a.HIF", "a.heif"):
        assert shots_among([other, "a.CR3", "a.xmp"]) == {"a": {other, "a.CR3"}}


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
