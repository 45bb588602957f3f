"""What comes into an album that is not public is shown to nobody else, not for the moment before it hangs there."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pymongo.collection import Collection

from picturerail.database import Database
from picturerail.errors import NotFound
from picturerail.gallery.actions import albums, guests, uploads
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.albums.model import Album
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import lifecycle, lookup
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.text import PictureText
from picturerail.gallery.policy import Operator
from picturerail.settings import Settings
from tests.gallery.conftest import Maker
from tests.gallery.test_uploads import fresh

WRITES = ("insert_one", "update_one", "update_many", "find_one_and_update", "bulk_write")


@pytest.fixture
def at(database: Database, settings: Settings, stranger: CloudAccess) -> ActionContext:
    return ActionContext(Operator(), database, stranger, settings)


@pytest.fixture
def private(at: ActionContext) -> Album:
    return albums.create(at, {"title": "At home", "visibility": "private"})


@pytest.fixture
def looks(at: ActionContext, private: Album, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many pictures others could see, after each write."""
    seen: list[int] = []

    def watched(write: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any, **options: Any) -> Any:
            done = write(*given, **options)
            seen.append(at.db.gallery.count_documents({"shown": {"$ne": "private"}}))
            return done

        return watched

    for name in WRITES:
        monkeypatch.setattr(Collection, name, watched(getattr(Collection, name)))
    yield seen
    assert len(seen) > 2
    assert set(seen) == {0}


def sent(at: ActionContext, album: Album) -> Picture:
    file = io.BytesIO(fresh())
    return uploads.add_file(at, file, filename="a.jpg", text=PictureText(), album=album.id).picture


def test_what_is_uploaded_into_it(at: ActionContext, private: Album, looks: list[int]) -> None:
    picture = sent(at, private)
    assert (picture.visibility, picture.shown, picture.delivery) == ("public", "private", "authenticated")
    assert looks


def test_what_a_guest_has_sent_and_is_approved(
    at: ActionContext, private: Album, make: Maker, looks: list[int]
) -> None:
    picture = make(visibility="private", delivery="authenticated")
    lifecycle.hold(at.db, picture.id, private.id)
    approved = guests.approve(at, picture.id)
    now = lookup.with_public_id(at.db, approved.public_id)
    assert now
    assert (now.visibility, now.shown, now.albums) == ("public", "private", (private.id,))
    assert looks


def test_what_could_not_be_hung_there_is_shown_as_it_says(
    at: ActionContext, private: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The album is deleted while the file is sent; nothing else hides the picture."""

    def gone(*_: Any) -> None:
        raise NotFound("There is no such album.")

    monkeypatch.setattr(albums, "fill", gone)
    with pytest.raises(NotFound):
        sent(at, private)
    (document,) = at.db.gallery.find()
    assert (document["visibility"], document["shown"], document["delivery"]) == (
        "public",
        "public",
        "private",
    )
