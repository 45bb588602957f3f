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
from picturerail.gallery.albums import location
from picturerail.gallery.albums.model import Album
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import lifecycle, lookup
from picturerail.gallery.pictures.model import Picture, parse_picture
from picturerail.gallery.pictures.text import PictureText
from picturerail.gallery.policy import Operator
from picturerail.settings import Settings
from tests.gallery.conftest import Maker
from tests.gallery.test_uploads import fresh

SHOWN_LIVE = {"shown": {"$ne": "private"}, "state": {"$ne": "duplicate"}}
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
    watch(monkeypatch, lambda: seen.append(at.db.gallery.count_documents(SHOWN_LIVE)))
    yield seen
    assert len(seen) > 2
    assert set(seen) == {0}


@pytest.fixture
def tells(at: ActionContext, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures told visitors where they were taken, after each write."""
    seen: list[int] = []
    watch(monkeypatch, lambda: seen.append(len(telling(at))))
    return seen


def telling(at: ActionContext) -> set[str]:
    return location.telling(at.db, [parse_picture(each) for each in at.db.gallery.find()], site=True)


def watch(monkeypatch: pytest.MonkeyPatch, look: Callable[[], None]) -> None:
    """Look after each write."""

    def watched(write: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any, **options: Any) -> Any:
            done = write(*given, **options)
            look()
            return done

        return watched

    for name in WRITES:
        monkeypatch.setattr(Collection, name, watched(getattr(Collection, name)))


def sent(at: ActionContext, album: Album, file: bytes = b"", *, keeps: bool = False) -> Picture:
    taken = io.BytesIO(file or fresh())
    text = PictureText()
    return uploads.add_file(at, taken, filename="a.jpg", text=text, album=album.id, keeps=keeps).picture


def test_what_is_uploaded_into_it(at: ActionContext, private: Album, looks: list[int]) -> None:
    picture = sent(at, private)
    assert (picture.visibility, picture.shown, picture.delivery) == ("public", "private", "authenticated")
    assert looks


def test_what_is_there_already_and_comes_once_more(
    at: ActionContext, private: Album, request: pytest.FixtureRequest
) -> None:
    file = fresh()
    sent(at, private, file)
    looks = request.getfixturevalue("looks")
    picture = sent(at, private, file, keeps=True)
    assert (picture.state, picture.shown, picture.albums) == ("live", "private", (private.id,))
    assert looks


def test_where_it_was_taken_in_an_album_that_hides_that(at: ActionContext, tells: list[int]) -> None:
    outer = albums.create(at, {"title": "Here and there", "location": "hidden"})
    inner = albums.create(at, {"title": "There", "parent": outer.id})
    picture = sent(at, inner)
    assert (picture.location, picture.albums) == ("", (inner.id,))
    assert len(tells) > 2
    assert set(tells) == {0}
    albums.change(at, outer.id, {"location": ""})
    assert telling(at) == {picture.id}  # as the site says: the word was not its own


def test_where_a_duplicate_was_taken_is_as_the_site_says(at: ActionContext) -> None:
    """It hangs nowhere until somebody has decided."""
    album = albums.create(at, {"title": "There", "location": "hidden"})
    file = fresh()
    sent(at, album, file)
    waiting = sent(at, album, file)
    assert (waiting.state, waiting.location, waiting.albums) == ("duplicate", "", ())


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
