"""Names are sorted as people count."""

from pathlib import Path, PurePosixPath

import pytest

from picturerail.gallery.transfer.natural_order import natural, natural_path
from picturerail.gallery.transfer.source import FolderSource


@pytest.mark.parametrize(
    "names",
    [
        ["img1.jpg", "img2.jpg", "img10.jpg"],
        ["IMG_2.JPG", "img_3.jpg", "IMG_20.JPG"],
        ["1.jpg", "02.jpg", "3.jpg"],
        ["a.jpg", "a1.jpg", "a1b2.jpg", "a1b10.jpg", "b.jpg"],
        ["7.jpg", "IMG.jpg", "\u0663.jpg"],  # digits of other scripts are letters here
        ["9" * 5000, "1" + "0" * 5000],  # no number is too long
        ["A.jpg", "a.jpg"],  # the same to people: the name decides
        ["", "0", "00", "1"],
    ],
)
def test_numbers_count_and_capitals_do_not(names: list[str]) -> None:
    assert sorted(set(names), key=natural) == names


def test_a_folder_and_paths_have_one_order(tmp_path: Path) -> None:
    paths = ["2/10.jpg", "2/a/1.jpg", "3.jpg", "10/2.jpg", "10/9/1.jpg", "10/10.jpg", "11.jpg"]
    for path in reversed(paths):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    assert [str(each.path) for each in FolderSource(tmp_path).entries()] == paths
    assert sorted(map(PurePosixPath, reversed(paths)), key=natural_path) == list(map(PurePosixPath, paths))
