"""Nobody learns where a picture was taken who may not: every cell of the leak matrix about location."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.web.services import NAME
from tests.gallery.access.leak_matrix import PRINCIPALS, Target
from tests.gallery.access.location_matrix import GIVERS, PLACE, THINGS, WORDS, asks, expected
from tests.gallery.access.test_leaks import Askers, askers, contributor
from tests.gallery.conftest import Maker, call, json_of

__all__ = ["askers", "contributor"]  # fixtures
OTHER = {"shown": "hidden", "hidden": "shown"}


def say_of_site(everybody: Askers, word: str) -> None:
    for client, _ in everybody.values():
        known = client.application.extensions[NAME]
        said = replace(known.settings, keep_metadata=word == "shown")
        client.application.extensions[NAME] = replace(known, settings=said)


def target(make: Maker, owner: FlaskClient, added_by: str, giver: str, word: str) -> Target:
    """A public picture in an album, with a link and one that hides its location; the giver says the word just now."""

    def made(path: str, name: str, **fields: Any) -> dict[str, Any]:
        told: dict[str, Any] = json_of(call(owner, "POST", f"/api/v1/{path}", fields))[name]
        return told

    search = f"quartz{giver}{word}"
    picture = make(description=search, owner=added_by, place=PLACE, delivery="private")
    album = made("albums", "album", title=search)
    call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": [picture.id]})
    links = [
        "/s/" + made("shares", "share", picture=picture.id, location=each)["url"].partition("/s/")[2]
        for each in ("", "hidden")
    ]
    said = {"picture": (word, OTHER[word]), "album": ("", word), "site": ("", "")}[giver]
    for path, each in ((f"pictures/{picture.id}", said[0]), (f"albums/{album['id']}", said[1])):
        assert call(owner, "PATCH", f"/api/v1/{path}", {"location": each}).status_code == 200
    return Target(picture.id, search, album["slug"], album["id"], picture.id, "", "", *links)


@pytest.mark.parametrize("giver", GIVERS)
def test_every_cell_of_location(
    askers: Askers, contributor: tuple[FlaskClient, str], make: Maker, database: Database, giver: str
) -> None:
    client, own_id = contributor
    everybody = {**askers, "contributor, of their own": (client, {})}
    wrong = []
    for word in WORDS:
        database.gallery.delete_many({})
        say_of_site(everybody, word if giver == "site" else OTHER[word])
        aim = target(make, everybody["owner"][0], own_id, giver, word)
        for who, (thing, (_, probe)) in itertools.product(PRINCIPALS, THINGS.items()):
            asker, headers = everybody[who]
            if asks(who, thing) and probe(asker, aim, headers) != expected(who, thing, word):
                wrong.append((who, thing, word))
    assert wrong == []
