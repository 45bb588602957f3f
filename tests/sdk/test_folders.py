"""Folders by the official SDK: made by uploads or by hand, listed, searched, renamed, deleted."""

import pytest
from cloudinary import Search, SearchFolders, api, uploader
from cloudinary.exceptions import AlreadyExists, BadRequest, NotFound

from picturerail.database import Database
from tests.pictures import encoded, quadrants

pytestmark = pytest.mark.usefixtures("cloud")
PICTURE = encoded(quadrants(), "PNG")


@pytest.fixture(autouse=True)
def tree(database: Database) -> None:
    """shop/shoes/red with one asset, and an empty folder."""
    del database
    uploader.upload(PICTURE, public_id="shop/shoes/red/one")
    api.create_folder("empty/inner")


def paths(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [folder["path"] for folder in answer["folders"]]


def test_uploads_and_hands_make_folders() -> None:
    roots = api.root_folders()
    assert paths(roots) == ["empty", "shop"]
    assert roots["total_count"] == 2
    assert paths(api.subfolders("shop")) == ["shop/shoes"]
    assert api.subfolders("shop/shoes")["folders"][0]["name"] == "red"
    assert paths(api.subfolders("shop/shoes/red")) == []


def test_folders_come_in_pages() -> None:
    first = api.root_folders(max_results=1)
    second = api.root_folders(max_results=1, next_cursor=first["next_cursor"])
    assert paths(first) + paths(second) == ["empty", "shop"]
    assert not second["next_cursor"]


def test_an_unknown_folder_is_not_found() -> None:
    for ask in (api.subfolders, api.delete_folder):
        with pytest.raises(NotFound, match="Can't find folder with path shop/hats"):
            ask("shop/hats")


def test_folders_are_searched_by_path_and_name() -> None:
    assert set(paths(SearchFolders().expression("path:shop/*").execute())) == {"shop/shoes", "shop/shoes/red"}
    assert paths(SearchFolders().expression("name=shoes").execute()) == ["shop/shoes"]
    page = SearchFolders().sort_by("path", "asc").max_results(2).execute()
    assert page["total_count"] == 5
    rest = SearchFolders().sort_by("path", "asc").max_results(5).next_cursor(page["next_cursor"]).execute()
    assert paths(page) + paths(rest) == ["empty", "empty/inner", "shop", "shop/shoes", "shop/shoes/red"]


def test_a_renamed_folder_takes_everything_along() -> None:
    answer = api.rename_folder("shop", "store/old")
    assert answer["to"]["path"] == "store/old"
    assert set(paths(SearchFolders().expression("path:store*").execute())) == {
        *("store", "store/old", "store/old/shoes", "store/old/shoes/red")
    }
    moved = Search().expression("folder=store/old/shoes/red").execute()["resources"]
    # `folder` is that of the public_id
    placed = ("shop/shoes/red/one", "shop/shoes/red", "store/old/shoes/red")
    for each in (
        *moved,
        api.resource("shop/shoes/red/one"),
        *api.resources(prefix="shop/shoes/red")["resources"],
    ):
        assert tuple(each[name] for name in ("public_id", "folder", "asset_folder")) == placed


def test_a_folder_moves_neither_into_itself_nor_over_another() -> None:
    with pytest.raises(BadRequest):
        api.rename_folder("shop", "shop/new")
    with pytest.raises(AlreadyExists):
        api.rename_folder("shop", "empty")


def test_only_empty_folders_are_deleted() -> None:
    with pytest.raises(BadRequest, match="not empty"):
        api.delete_folder("shop")
    assert api.delete_folder("empty")["deleted"] == ["empty", "empty/inner"]
    assert paths(api.root_folders()) == ["shop"]


def test_an_asset_folder_decides_where_an_asset_lies() -> None:
    uploader.upload(PICTURE, public_id="far/one", asset_folder="shop/new")
    assert Search().expression("folder=shop/new").execute()["resources"][0]["public_id"] == "far/one"
    assert paths(api.subfolders("shop")) == ["shop/new", "shop/shoes"]
    with pytest.raises(BadRequest, match="Invalid folder"):
        uploader.upload(PICTURE, public_id="far/two", asset_folder="shop/../new")


def test_what_is_moved_to_the_root_lies_in_no_folder_any_more() -> None:
    uploader.upload(PICTURE, public_id="shop/moved", asset_folder="shop")
    assert api.update("shop/moved", asset_folder="")["asset_folder"] == ""
    [found] = Search().expression('folder="" AND public_id=shop/moved').execute()["resources"]
    assert found["asset_folder"] == ""
    assert not Search().expression("folder=shop AND public_id=shop/moved").execute()["resources"]


@pytest.mark.parametrize(
    "path", ["../etc", "a//b", "a/ b", "a\x00b", "a" * 300, "/".join("a" * 30), "a\u2028b"]
)
def test_hostile_paths_are_refused(path: str) -> None:
    with pytest.raises((BadRequest, NotFound)):
        api.create_folder(path)
    assert paths(api.root_folders()) == ["empty", "shop"]
