"""Which album the files of a folder hang in."""

import json
from pathlib import Path, PurePosixPath

import pytest

from picturerail.gallery.albums.model import MAX_DEPTH, MAX_TITLE
from picturerail.gallery.transfer.album_titles import AlbumTitle, of_folders, of_takeout
from picturerail.gallery.transfer.gallery_json import GalleryJson
from picturerail.gallery.transfer.source import FolderSource


def test_folders_are_albums_in_albums(tmp_path: Path) -> None:
    source = FolderSource(tmp_path)
    assert of_folders(source, PurePosixPath()) == ()
    titles = of_folders(source, PurePosixPath("2024/Sommer  am Meer"))
    assert titles == (AlbumTitle("2024"), AlbumTitle("Sommer am Meer"))
    deep = of_folders(source, PurePosixPath("/".join(["x" * 200] * 20)))
    assert len(deep) == MAX_DEPTH
    assert {len(each.title) for each in deep} == {MAX_TITLE}


@pytest.mark.parametrize(
    ("name", "about", "album"),
    [
        ("metadata.json", {"title": "Sea"}, AlbumTitle("Sea")),
        ("Metadaten.json", {"title": " Am  Meer ", "description": "Salz\n"}, AlbumTitle("Am Meer", "Salz")),
        ("metadata.json", {"albumData": {"title": "Old", "description": "d"}}, AlbumTitle("Old", "d")),
        ("metadata.json", {"title": ""}, None),
        ("metadata.json", {"title": 5}, None),
        ("metadata.json", [], None),
        ("IMG_1.jpg.json", {"title": "IMG_1.jpg"}, None),
        ("a_name_that_was_cut.json", {"title": "x.jpg", "photoTakenTime": {"timestamp": "1"}}, None),
        ("notes.txt", {"title": "no"}, None),
    ],
)
def test_takeouts_albums_are_told_by_their_metadata(
    tmp_path: Path, name: str, about: object, album: AlbumTitle | None
) -> None:
    (tmp_path / "Sea").mkdir()
    (tmp_path / "Sea" / name).write_text(json.dumps(about))
    assert of_takeout(FolderSource(tmp_path), PurePosixPath("Sea")) == ((album,) if album else ())
    assert of_takeout(FolderSource(tmp_path), PurePosixPath("elsewhere")) == ()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"pictures": 5}', '{"pictures": [5]}', '{"pictures": [], "albums": [{}]}']
)
def test_a_damaged_gallery_json_tells_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "gallery.json").write_text(text)
    told = FolderSource(tmp_path).index()
    assert told == GalleryJson()
    assert told.filename(PurePosixPath("x/a.jpg")) == "a.jpg"
    assert told.details(PurePosixPath("a.jpg")) is None
