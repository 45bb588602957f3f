"""What a share link has handed out stops with the link: every address, in every process, within two seconds."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from picturerail.clock import now
from picturerail.database import Database
from tests.gallery.access.test_bytes import CLOSED, added, asked, sizes
from tests.gallery.browser import Browser
from tests.gallery.test_api import Script
from tests.service import Service, wait_until

SOON = 2.0  # seconds, as the documentation says
MAKER, PASSWORD = "maker@example.com", "a password for a maker of links"


def called(script: Script, method: str, path: str, body: Any = None) -> dict[str, Any]:
    status, told = script.call(method, path, body)
    assert status < 300, told
    answer: dict[str, Any] = told
    return answer


def shared(script: Script, **asked_for: Any) -> dict[str, Any]:
    share: dict[str, Any] = called(script, "POST", "/api/v1/shares", asked_for)["share"]
    return share


def handed_out(service: Service, share: dict[str, Any], picture: dict[str, str]) -> list[str]:
    """All addresses of a picture's sizes on its page below a link, as a stranger gets them."""
    path = share["url"].removeprefix(service.url)
    text = Browser(service.url).get(f"{path}/{picture['id']}").text
    found = re.search(r'<img src="([^"]+)" srcset="([^"]+)"', text)
    assert found, text[:2000]
    addresses = [html.unescape(each.split()[0]) for each in found[2].split(", ")]
    assert all("__cld_token__" in each for each in addresses)
    return addresses


def statuses(service: Service, addresses: list[str]) -> set[int]:
    """Often enough to meet each process."""
    return {asked(service, each).status for each in addresses * 4}


def closes_soon(service: Service, addresses: list[str], end: Callable[[], object]) -> None:
    assert statuses(service, addresses) == {200}
    end()
    # each process hears of it at its own time
    wait_until(lambda: all(statuses(service, addresses) <= CLOSED for _ in range(3)), SOON)


@pytest.mark.parametrize("visibility", ["private", "unlisted"])
def test_revoking_closes_what_a_link_has_handed_out_and_nothing_else(
    script: Script, service: Service, visibility: str
) -> None:
    picture = added(script, visibility)
    link, other = shared(script, picture=picture["id"]), shared(script, picture=picture["id"])
    mine, theirs = handed_out(service, link, picture), handed_out(service, other, picture)
    own = sizes(script, picture)
    closes_soon(service, mine, lambda: called(script, "DELETE", f"/api/v1/shares/{link['id']}"))
    assert statuses(service, theirs + own) == {200}
    closes_soon(service, theirs, lambda: called(script, "DELETE", f"/api/v1/shares/{other['id']}"))


def test_without_download_a_link_opens_the_sizes_that_it_shows_and_no_others(
    script: Script, service: Service
) -> None:
    picture = added(script, "private")
    link = shared(script, picture=picture["id"], download=False)
    known = handed_out(service, link, picture)
    widest = known[-1]
    assert "w_900/" in widest
    larger = {
        widest.replace("w_900/", changed)
        for changed in (
            "w_901/",
            "w_20000/",
            "w_900,fl_attachment/",
            "w_900/fl_attachment/",
            "e_sharpen,w_900/",
        )
    }
    plain = {widest.replace("c_limit,f_auto,q_auto,w_900/", changed) for changed in ("", "fl_attachment:a/")}
    assert statuses(service, known) == {200}
    assert statuses(service, [*larger, *plain]) <= CLOSED


def test_nobody_to_whom_a_cut_picture_is_shown_gets_what_was_cut_off(
    script: Script, service: Service
) -> None:
    """Neither who has a link, with or without download, nor who has the page: an address opens its own edit only."""
    picture, cut = added(script, "unlisted"), "c_crop,w_300,h_200,x_10,y_20"
    called(script, "PATCH", f"/api/v1/pictures/{picture['id']}", {"edit": cut})
    links = [shared(script, picture=picture["id"], download=each) for each in (True, False)]
    known = [address for each in links for address in handed_out(service, each, picture)]
    known += sizes(script, picture)
    assert all(f"/authenticated/{cut}/c_limit,f_auto" in each for each in known)
    assert statuses(service, known) == {200}
    for other in ("", "a_90/", "c_crop,w_900,h_600,x_0,y_0/", f"c_limit,f_jpg,w_900/{cut}/"):
        assert statuses(service, [each.replace(f"{cut}/", other) for each in known[::3]]) <= CLOSED


def test_the_end_of_a_links_time_is_that_of_its_addresses(script: Script, service: Service) -> None:
    picture = added(script, "private")
    end = now() + timedelta(seconds=8)
    addresses = handed_out(
        service, shared(script, picture=picture["id"], expires_at=end.isoformat()), picture
    )
    assert statuses(service, addresses[:1]) == {200}
    wait_until(lambda: now() > end + timedelta(seconds=SOON))
    assert statuses(service, addresses) <= CLOSED


def test_what_a_link_shows_is_deleted_and_comes_back(script: Script, service: Service) -> None:
    picture = added(script, "private")
    album = called(script, "POST", "/api/v1/albums", {"title": "Sea", "visibility": "private"})["album"]
    called(script, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": [picture["id"]]})
    by_album = handed_out(service, shared(script, album=album["id"]), picture)
    by_picture = handed_out(service, shared(script, picture=picture["id"]), picture)
    closes_soon(service, by_album, lambda: called(script, "DELETE", f"/api/v1/albums/{album['id']}"))
    assert statuses(service, by_picture) == {200}
    closes_soon(service, by_picture, lambda: called(script, "DELETE", f"/api/v1/pictures/{picture['id']}"))
    called(script, "POST", f"/api/v1/pictures/{picture['id']}/restore")
    wait_until(lambda: statuses(service, by_picture) == {200})
    assert statuses(service, by_album) <= CLOSED


def test_a_picture_that_is_taken_off_an_album_is_closed_to_its_links_only(
    script: Script, service: Service
) -> None:
    taken, kept = added(script, "private"), added(script, "private")
    albums = [
        called(script, "POST", "/api/v1/albums", {"title": title, "visibility": "private"})["album"]["id"]
        for title in ("Hill", "Dale")
    ]
    for each in albums:
        called(script, "POST", f"/api/v1/albums/{each}/pictures", {"add": [taken["id"], kept["id"]]})
    hill, dale = (shared(script, album=each) for each in albums)
    closed = handed_out(service, hill, taken)
    others = handed_out(service, hill, kept) + handed_out(service, dale, taken)
    fill = f"/api/v1/albums/{albums[0]}/pictures"
    closes_soon(service, closed, lambda: called(script, "POST", fill, {"remove": [taken["id"]]}))
    assert statuses(service, others) == {200}
    called(script, "POST", fill, {"add": [taken["id"]]})
    wait_until(lambda: statuses(service, closed) == {200})
    everything = closed + handed_out(service, dale, taken)
    closes_soon(service, everything, lambda: called(script, "DELETE", f"/api/v1/pictures/{taken['id']}"))
    assert statuses(service, handed_out(service, hill, kept)) == {200}
    called(script, "POST", f"/api/v1/pictures/{taken['id']}/restore")
    wait_until(lambda: statuses(service, everything) == {200})


@pytest.mark.parametrize("how", ["disable", "remove"])
def test_the_links_of_somebody_who_leaves_close(script: Script, service: Service, how: str) -> None:
    email = f"{how}-{MAKER}"
    service.add_user(email, "editor", PASSWORD)
    browser = Browser(service.url)
    browser.sign_in(email, PASSWORD)
    picture = added(script, "private")
    addresses = handed_out(service, shared(Script(service, browser), picture=picture["id"]), picture)
    extra = ["--pictures", "keep"] if how == "remove" else []
    closes_soon(service, addresses, lambda: service.run("user", how, email, *extra))
    if how == "disable":
        service.run("user", "enable", email)
        wait_until(lambda: statuses(service, addresses) == {200})


def test_closed_names_are_forgotten_when_no_token_lives(service: Service, database: Database) -> None:
    index = database.revoked_tokens.index_information()["expires_at_1"]
    assert index["expireAfterSeconds"] == 0
