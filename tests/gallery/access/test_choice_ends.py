"""Choosing by a link that does not let people: refused, and nothing is kept; of two things at one moment, one wins."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask
from flask.testing import FlaskClient

from picturerail.clock import now
from picturerail.database import SHARES_KEPT, Database
from picturerail.errors import Conflict, NotFound
from picturerail.gallery.accounts.throttle import ChoiceLimit
from picturerail.gallery.shares import choices, store
from picturerail.gallery.shares.choices import ClientChoice
from tests.gallery.access.test_choices import choose
from tests.gallery.access.test_shares import album, form_token, shared
from tests.gallery.conftest import Maker, call, opened, post

SHUT = ("expired", "revoked", "wrong password", "no password", "limit reached", "maker disabled")


@pytest.mark.parametrize("how", SHUT)
def test_who_is_not_let_in_chooses_nothing(
    app: Flask, people: dict[str, FlaskClient], make: Maker, database: Database, how: str
) -> None:
    maker, client = people["editor"], app.test_client()
    picture = make()
    asked: dict[str, Any] = {"password": "quarry"} if "password" in how else {}
    asked |= {"max_uses": 1} if how == "limit reached" else {}
    link = shared(maker, album=album(maker, "Sea", picture.id), chooses=True, **asked)
    token = form_token(client, {"path": link["path"]})
    here = {"_id": ObjectId(link["id"])}
    if how == "expired":
        database.shares.update_one(here, {"$set": {"expires_at": now() - timedelta(seconds=1)}})
    elif how == "revoked":
        call(maker, "DELETE", f"/api/v1/shares/{link['id']}")
    elif how == "wrong password":
        data = {"csrf_token": token, "password": "quarrz"}
        assert client.post(link["path"], data=data).status_code == 401
    elif how == "limit reached":
        first = app.test_client()
        data = {"csrf_token": form_token(first, {"path": link["path"]})}
        assert first.post(link["path"], data=data).status_code == 303
    elif how == "maker disabled":
        database.users.update_one({"role": "editor"}, {"$set": {"disabled": True}})
    before = database.shares.find_one(here)
    data = {"picked": "yes", "stars": "5", "comment": "mine", "csrf_token": token}
    for path in (f"{link['path']}/{picture.id}/choice", f"{link['path']}/done"):
        assert client.post(path, data=data).status_code == 404
    assert database.choices.count_documents({}) == 0
    assert database.shares.find_one(here) == before


def chosen_by(
    owner: FlaskClient, make: Maker, database: Database
) -> tuple[str, Callable[[], None], Callable[[], Any]]:
    """A link, what chooses by it as somebody does who has opened it before, and what ends it."""
    picture = make()
    link = shared(owner, album=album(owner, "Sea", picture.id), chooses=True)
    share = store.find(database, link["id"])
    choice = ClientChoice(picture=picture.id, picked=True)
    return link["id"], lambda: choices.save(database, share, choice), lambda: share


@pytest.mark.parametrize("end", ["done", "revoked", "expired"])
def test_a_choice_that_comes_after_the_end_is_not_kept(
    owner: FlaskClient, make: Maker, database: Database, end: str
) -> None:
    """The link was looked up before; the end came between that and the writing."""
    link, save, share = chosen_by(owner, make, database)
    if end == "done":
        assert choices.finish(database, share())
        with pytest.raises(Conflict):
            save()
    else:
        if end == "revoked":
            call(owner, "DELETE", f"/api/v1/shares/{link}")
        else:
            past = {"$set": {"expires_at": now() - timedelta(seconds=1)}}
            database.shares.update_one({"_id": ObjectId(link)}, past)
        with pytest.raises(NotFound):
            save()
        assert not choices.finish(database, share())
    assert database.choices.count_documents({}) == 0


@pytest.mark.parametrize("end", ["done", "revoked"])
def test_of_a_choice_and_an_end_at_one_moment_one_wins(
    app: Flask, owner: FlaskClient, make: Maker, database: Database, end: str
) -> None:
    """A choice that was taken stands when the client is done, and is gone when the link is."""
    for _ in range(12):
        link, save, share = chosen_by(owner, make, database)

        def tried(save: Callable[[], None] = save) -> bool:
            try:
                save()
            except (Conflict, NotFound):
                return False
            return True

        def ended(link: str = link, share: Callable[[], Any] = share) -> bool:
            if end == "done":
                return choices.finish(database, share())
            store.revoke(database, link, {})
            choices.forget(database, link)
            return True

        with ThreadPoolExecutor(2) as both:
            taken, over = both.submit(tried), both.submit(ended)
        assert over.result()
        kept = database.choices.count_documents({"share": ObjectId(link)})
        assert kept == (taken.result() if end == "done" else 0)


def test_many_choices_at_once_are_all_kept(owner: FlaskClient, make: Maker, database: Database) -> None:
    pictures = [make() for _ in range(8)]
    link = shared(owner, album=album(owner, "Sea", *(one.id for one in pictures)), chooses=True)
    share = store.find(database, link["id"])
    with ThreadPoolExecutor(8) as crowd:
        said = [ClientChoice(picture=one.id, stars=3) for one in pictures]
        list(crowd.map(lambda choice: choices.save(database, share, choice), said))
    assert len(choices.of(database, share)) == 8


def test_a_client_chooses_only_so_fast(
    app: Flask, owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    picture = make()
    link, other = (shared(owner, album=album(owner, "Sea", picture.id), chooses=True) for _ in range(2))
    services = app.extensions["picturerail"]
    limited = ChoiceLimit(database.client, 3)
    app.extensions["picturerail"] = type(services)(**{**vars(services), "choices": limited})
    assert [choose(client, link, picture.id, stars=str(stars)) for stars in range(1, 6)] == [
        *[303] * 3,
        *[429] * 2,
    ]
    [kept] = database.choices.find()
    assert kept["stars"] == 3
    assert choose(client, other, picture.id, stars="1") == 429, "the visitor is the same"
    token = form_token(client, link)
    elsewhere = client.post(
        f"{link['path']}/done", data={"csrf_token": token}, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert elsewhere.status_code == 429, "the link is the same"
    assert int(elsewhere.headers["Retry-After"]) <= 60


def test_what_was_chosen_stays_as_long_as_the_link_is_listed(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    picture = make()
    end = now() + timedelta(days=1)
    named = album(owner, "Sea", picture.id)
    link = shared(owner, album=named, chooses=True, expires_at=end.isoformat())
    assert choose(client, link, picture.id, comment="this one") == 303
    [kept] = database.choices.find()
    assert kept["expires_at"] == database.shares.find_one({"_id": ObjectId(link["id"])})["expires_at"]  # type: ignore[index]
    for name in ("shares", "choices"):
        index = database[name].index_information()["expires_at_1"]
        assert index["expireAfterSeconds"] == SHARES_KEPT
    past = {"$set": {"expires_at": now() - timedelta(days=1)}}
    database.shares.update_many({}, past)
    assert "this one" in opened(owner, f"/shares/{link['id']}/choices").words
    post(owner, f"/shares/{link['id']}/revoke")
    assert database.choices.count_documents({}) == 0
