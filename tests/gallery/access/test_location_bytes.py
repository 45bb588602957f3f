"""Addresses of files that were given while a location was shown stop when it is hidden, within two seconds."""

import html
import multiprocessing
import os
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from picturerail.database import Database, connect
from picturerail.database import database as database_of
from picturerail.gallery.albums import location_addresses
from picturerail.gallery.token_terms import TokenTerms
from picturerail.token_revocation import RevokedTokens
from tests.gallery.access.location_matrix import BYTES, WORDS
from tests.gallery.access.test_bytes import sizes
from tests.gallery.access.test_share_bytes import called, closes_soon, shared, statuses
from tests.gallery.browser import Browser
from tests.gallery.metadata.test_metadata import SECRETS, files
from tests.gallery.test_api import Script
from tests.service import Service, wait_until


def placed(script: Script, word: str = "") -> dict[str, Any]:
    """A new picture whose file tells where it was taken."""
    given = {"answer": script.send(files()["jpg"] + b"%d" % time.time_ns(), "b.jpg"), "filename": "b.jpg"}
    picture: dict[str, Any] = called(script, "POST", "/api/v1/pictures", {**given, "location": word})[
        "picture"
    ]
    return picture


def address(service: Service, picture: dict[str, Any], path: str = "/gallery") -> str:
    """Where its download leads a stranger."""
    answer = Browser(service.url).get(f"{path}/{picture['id']}/download", follow=False)
    assert "/fl_attachment" in answer.headers["Location"], answer.status
    return answer.headers["Location"].removeprefix(service.url)


def told(service: Service, picture: dict[str, Any]) -> str:
    """The address of its file, as the API tells it to a stranger."""
    one = called(Script(service, Browser(service.url)), "GET", f"/api/v1/pictures/{picture['id']}")["picture"]
    assert one["place"]
    return str(one["url"]).removeprefix(service.url)


def test_a_picture_that_hides_its_location_closes_its_file(script: Script, service: Service) -> None:
    """By a page, by the API, and by a link. Who may change it keeps the address, and who asks gets a clean file."""
    picture = placed(script, "shown")
    path, own = f"/api/v1/pictures/{picture['id']}", picture["url"].removeprefix(service.url)
    link = shared(script, picture=picture["id"])["url"].removeprefix(service.url)
    known = [address(service, picture), address(service, picture, link), told(service, picture)]
    closes_soon(service, known, lambda: called(script, "PATCH", path, {"location": "hidden"}))
    assert statuses(service, [own]) == {200}
    assert "c_limit" in called(Script(service, Browser(service.url)), "GET", path)["picture"]["url"]
    called(script, "PATCH", path, {"location": "shown"})
    assert statuses(service, [address(service, picture)]) == {200}
    assert statuses(service, known) == {401}


def bytes_of(script: Script, picture: dict[str, Any], album: str, links: list[str]) -> dict[str, bytes]:
    """What is got by each of the addresses of the matrix, but the one that was given before."""
    service = script.service
    stranger, path = Browser(service.url), f"/gallery/{picture['id']}"
    one = called(Script(service, stranger), "GET", f"/api/v1/pictures/{picture['id']}")["picture"]
    card = re.search(r'property="og:image" content="([^"]+)"', stranger.get(path).text)
    assert card
    downloads = [stranger.get(f"{each}/{picture['id']}/download").body for each in links]
    return {
        "the download of a visitor": stranger.get(f"{path}/download").body,
        "the address of the file, as the API tells it to a visitor": stranger.get(one["url"]).body,
        "a size": stranger.get(sizes(Script(service, stranger), picture)[0]).body,
        "the card of its page": stranger.get(html.unescape(card[1])).body,
        "the download of a link": downloads[0],
        "the download of a link that hides it": downloads[1],
        "the download of an owner": script.browser.get(f"{path}/download").body,
        "the zip of an owner": script.browser.get(f"/albums/{album}/zip").body,
        "a zip for a visitor": stranger.get(f"/albums/{album}/zip").body,
    }


def test_bytes_tell_what_the_matrix_says(script: Script, service: Service) -> None:
    picture = placed(script, "shown")
    album = called(script, "POST", "/api/v1/albums", {"title": "cells"})["album"]
    fill(script, album, add=[picture["id"]])
    links = [
        shared(script, picture=picture["id"], location=word)["url"].removeprefix(service.url)
        for word in ("", "hidden")
    ]
    given = [address(service, picture)]
    for word in WORDS:
        called(script, "PATCH", f"/api/v1/pictures/{picture['id']}", {"location": word})
        if word == "hidden":
            wait_until(lambda: statuses(service, given) == {401})
        got = bytes_of(script, picture, album["slug"], links)
        got["an address that was given while it was shown"] = Browser(service.url).get(given[0]).body
        told = {name for name, content in got.items() if any(secret in content for secret in SECRETS)}
        assert told == {name for name, words in BYTES.items() if word in words}
        assert got.keys() == BYTES.keys()


def fill(script: Script, album: dict[str, Any], **what: Any) -> None:
    called(script, "POST", f"/api/v1/albums/{album['id']}/pictures", what)


def told_by_album(script: Script, title: str, picture: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """What hides the location of a picture that an album shows, by a name."""
    outer, shows, silent = (
        called(script, "POST", "/api/v1/albums", {"title": f"{title} {name}", "location": word})["album"]
        for name, word in (("outer", "hidden"), ("shows", "shown"), ("silent", ""))
    )
    fill(script, shows, add=[picture["id"]])
    path = f"/api/v1/albums/{shows['id']}"
    selection = {"action": "location", "location": "hidden", "id": picture["id"]}
    return {
        "its album says so": lambda: called(script, "PATCH", path, {"location": "hidden"}),
        "its album says nothing": lambda: called(script, "PATCH", path, {"location": ""}),
        "its album lies in one": lambda: called(script, "PATCH", path, {"parent": outer["id"]}),
        "its album is deleted": lambda: called(script, "DELETE", path),
        "taken off": lambda: fill(script, shows, remove=[picture["id"]]),
        "hung beside": lambda: fill(script, silent, add=[picture["id"]]),
        "selected": lambda: script.browser.post("/selection/", selection),
    }


@pytest.mark.parametrize(
    "way",
    [
        "its album says so",
        "its album says nothing",
        "its album lies in one",
        "its album is deleted",
        "taken off",
        "hung beside",
        "selected",
    ],
)
def test_each_way_to_hide_it_closes_it(script: Script, service: Service, way: str) -> None:
    picture = placed(script)
    hide = told_by_album(script, way, picture)[way]
    closes_soon(service, [address(service, picture)], hide)


def test_the_sites_own_word_closes_them_too(database: Database) -> None:
    """At the next start, when the housekeeping first runs; an open site that stays open keeps them."""

    def name() -> str:
        return location_addresses.terms_of(database, TokenTerms()).original_name

    names = []
    for site in (False, True, True, False, False):
        location_addresses.follow(database, site=site)
        names.append(name())
    assert names == ["/location/0"] * 3 + ["/location/1"] * 2
    assert closed(database, 2) == {"/location/0"}


def closed(database: Database, number: int) -> set[str]:
    """Which of the first names open nothing."""
    names = [f"/location/{each}" for each in range(number)]
    return {name for name in names if RevokedTokens(database).any_of([name], [])}


class Killer(CommandListener):
    """Ends this process right after its first write, as kill -9 would."""

    def started(self, event: CommandStartedEvent) -> None:
        """It may come as far as this."""

    def failed(self, event: CommandFailedEvent) -> None:
        """And so may this."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        if event.command_name in ("update", "findAndModify", "insert"):
            os._exit(9)


def hide(uri: str, way: str) -> None:
    with connect(uri, event_listeners=[Killer()]) as client:
        db = database_of(client)
        if way == "a picture":
            location_addresses.close(db)
        else:
            location_addresses.follow(db, site=False)


@pytest.mark.parametrize("way", ["a picture", "the site"])
def test_who_is_killed_while_hiding_leaves_no_address_open(
    database: Database, mongo_uri: str, way: str
) -> None:
    location_addresses.follow(database, site=True)
    process = multiprocessing.get_context("spawn").Process(target=hide, args=(mongo_uri, way))
    process.start()
    process.join()
    assert process.exitcode == 9
    assert closed(database, 2) == {"/location/0"}


def test_paths_of_a_cloud_that_is_called_location_are_no_names(database: Database) -> None:
    assert not RevokedTokens(database).any_of(["/location/image/authenticated/*", "/location/*"], [])
