"""The gallery behind an edge: strangers' pages come from the edge, and are new as soon as something changes."""

import dataclasses
import html
import itertools
import re
import time
from collections.abc import Iterator
from urllib.parse import unquote

import pytest

from picturerail import mongod
from picturerail.database import connect
from picturerail.database import database as database_of
from picturerail.edge.format_class import PAGE
from picturerail.edge.nginx import process
from tests import purges
from tests.edge.site import Site, site
from tests.edge.tricks import FRONTS, SUFFIXES, TRICKS
from tests.faults.uploads import Sent, unique_jpeg
from tests.gallery.browser import Browser
from tests.gallery.oidc.provider import CALLBACK, OpenIdProvider, Visitor
from tests.ports import free_port
from tests.service import wait_until

RENEWAL = 30  # seconds; far less than the minute after which an edge would ask by itself


@pytest.fixture(scope="module")
def front() -> int:
    """The port at which visitors know the site."""
    return free_port()


@pytest.fixture(scope="module")
def openid(tmp_path_factory: pytest.TempPathFactory, front: int) -> Iterator[OpenIdProvider]:
    """By which people may sign in."""
    with OpenIdProvider(tmp_path_factory.mktemp("openid"), site=f"http://127.0.0.1:{front}") as provider:
        yield provider


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory, front: int, openid: OpenIdProvider) -> Iterator[Site]:
    given = openid.settings(oidc_create="true", oidc_scope="openid email")
    env = {f"PICTURERAIL_{name.upper()}": str(value) for name, value in given.items()}
    with site(tmp_path_factory.mktemp("site"), front=front, env=env) as running:
        yield running


@pytest.fixture
def sent(behind: Site) -> Sent:
    """A new picture."""
    picture = behind.owner().upload(unique_jpeg(time.monotonic_ns() % 2**32), "boat.jpg")
    assert picture is not None
    return picture


def pages(sent: Sent) -> list[str]:
    return ["/", "/gallery/", f"/gallery/{sent.picture}"]


def settled(behind: Site, paths: list[str]) -> None:
    """All are kept, and no renewal of a page waits or is under way any more."""
    client = connect(mongod.uri(behind.service.data))
    wait_until(lambda: all(each["kind"] != PAGE for each in purges.waiting(database_of(client))))
    client.close()
    for path in paths:
        behind.get(path)
        assert behind.get(path)[1]["X-Cache"] == "HIT", path


def test_a_stranger_gets_pages_from_the_edge_without_a_cookie(behind: Site, sent: Sent) -> None:
    settled(behind, pages(sent))
    for path in pages(sent):
        status, headers, body = behind.get(path)
        assert (status, headers["X-Cache"], headers["Set-Cookie"]) == (200, "HIT", None)
        assert headers["Cache-Control"] == "no-cache"
        assert b"csrf" not in body
        assert sent.picture.encode() in body


def test_upload_edit_delete_and_undo_are_seen_by_the_next_stranger(behind: Site, sent: Sent) -> None:
    settled(behind, pages(sent))
    owner = behind.owner()
    newer = owner.upload(unique_jpeg(time.monotonic_ns() % 2**32), "newer.jpg")
    assert newer is not None
    for path in pages(sent):
        wait_until(lambda path=path: newer.picture.encode() in behind.get(path)[2], RENEWAL)  # type: ignore[misc]
    settled(behind, pages(newer))

    revision = owner.call("GET", f"/api/v1/pictures/{newer.picture}")[1]["picture"]["updated_at"]
    body = {"description": "A lighthouse", "updated_at": revision}
    assert owner.call("PATCH", f"/api/v1/pictures/{newer.picture}", body)[0] == 200
    for path in pages(newer):
        wait_until(lambda path=path: b"A lighthouse" in behind.get(path)[2], RENEWAL)  # type: ignore[misc]
        assert behind.get(path)[1]["X-Cache"] == "HIT", "it was renewed behind the visitors' backs"

    assert owner.call("DELETE", f"/api/v1/pictures/{newer.picture}")[0] == 200
    wait_until(lambda: behind.get(f"/gallery/{newer.picture}")[0] == 404, RENEWAL)
    for path in pages(sent):
        wait_until(lambda path=path: newer.picture.encode() not in behind.get(path)[2], RENEWAL)  # type: ignore[misc]
    assert owner.call("POST", f"/api/v1/pictures/{newer.picture}/restore")[0] == 200
    wait_until(lambda: newer.picture.encode() in behind.get("/gallery/")[2], RENEWAL)


def test_who_is_signed_in_gets_the_own_page_and_leaves_nothing_behind(behind: Site, sent: Sent) -> None:
    owner = behind.owner()
    mine = owner._request("GET", f"/gallery/{sent.picture}")
    assert (mine.status, mine.headers.get("X-Cache")) == (200, None)
    assert b"csrf" in mine.data
    assert "private" in mine.headers["Cache-Control"]
    assert b"csrf" not in behind.get(f"/gallery/{sent.picture}")[2]
    assert b"csrf" in owner._request("GET", f"/gallery/{sent.picture}").data
    form = behind.get("/sign-in")
    assert form[1]["Set-Cookie"]
    assert form[1]["X-Cache"] is None, "a form with a token of its own is nobody else's"


def test_the_gallery_is_there_while_its_origin_is_not(behind: Site, sent: Sent) -> None:
    settled(behind, pages(sent))
    behind.service.stop()
    try:
        assert [behind.get(path)[0] for path in pages(sent)] == [200] * 3
        status, headers, _ = behind.get("/sign-in")
        assert (status, headers["Retry-After"]) == (503, "2")
    finally:
        behind.service.start()
    assert behind.get("/sign-in")[0] == 200


def told(behind: Site, sent: Sent) -> tuple[str, int]:
    """Name and version of the picture's asset."""
    picture = behind.owner().call("GET", f"/api/v1/pictures/{sent.picture}")[1]["picture"]
    return picture["public_id"], picture["version"]


def test_bytes_at_an_edge_end_with_the_visibility_and_in_the_trash(behind: Site, sent: Sent) -> None:
    """What is public is kept at the edge although its original is closed; what is hidden is gone there, too."""
    owner, address = behind.owner(), f"/api/v1/pictures/{sent.picture}"
    name, version = told(behind, sent)
    size = f"c_limit,f_auto,q_auto,w_320/v{version}/{name}"
    known = [f"/picturerail/image/{kind}/{size}" for kind in ("private", "upload")]
    hide, show = {"visibility": "private"}, {"visibility": "public"}
    for change, back in (
        (("PATCH", address, hide), ("PATCH", address, show)),
        (("DELETE", address, None), ("POST", f"{address}/restore", None)),
    ):
        for path in known:
            wait_until(lambda path=path: behind.get(path)[1]["X-Cache"] == "HIT", RENEWAL)  # type: ignore[misc]
        assert owner.call(*change)[0] == 200
        wait_until(lambda: {behind.get(path)[0] for path in known} <= {401, 404}, RENEWAL)
        assert owner.call(*back)[0] == 200
        wait_until(lambda: {behind.get(path)[0] for path in known} == {200}, RENEWAL)
    assert behind.get(f"/picturerail/image/private/v{version}/{name}.jpg")[0] == 401


def shared(behind: Site, picture: str) -> tuple[str, list[str]]:
    """A link to a picture that is private now, and the addresses that its page hands out."""
    owner = behind.owner()
    assert owner.call("PATCH", f"/api/v1/pictures/{picture}", {"visibility": "private"})[0] == 200
    share = owner.call("POST", "/api/v1/shares", {"picture": picture})[1]["share"]
    page = behind.get(share["url"].removeprefix(behind.front.url))[2].decode()
    [[src, srcset]] = re.findall(r'<img src="([^"]+)" srcset="([^"]+)"', page)
    addresses = [html.unescape(each) for each in (src, *(one.split()[0] for one in srcset.split(", ")))]
    assert all("__cld_token__" in each for each in addresses)
    return share["id"], addresses


def ends(behind: Site, addresses: list[str]) -> None:
    """All are closed within two seconds."""
    ended = asked_at = time.monotonic()
    while {behind.get(each)[0] for each in addresses} != {401}:
        assert asked_at < ended + 2, "still open"
        asked_at = time.monotonic()


def test_an_ended_link_opens_nothing_at_an_edge_either(behind: Site, sent: Sent) -> None:
    """Of what a token opens each visit asks the origin, which knows that the link has ended."""
    share, addresses = shared(behind, sent.picture)
    for _ in range(2):
        assert {behind.get(each)[0] for each in addresses} == {200}
    assert behind.owner().call("DELETE", f"/api/v1/shares/{share}")[0] == 200
    ends(behind, addresses)


def test_a_file_whose_location_is_hidden_ends_at_an_edge_too(behind: Site, sent: Sent) -> None:
    """What was given while it was shown; the page itself gives another address, or a clean file."""
    owner, address = behind.owner(), f"/api/v1/pictures/{sent.picture}"
    assert owner.call("PATCH", address, {"visibility": "public", "location": "shown"})[0] == 200

    def given() -> str:
        return behind.get(f"/gallery/{sent.picture}/download")[1]["Location"] or ""

    wait_until(lambda: "/location/" in unquote(given()), RENEWAL)
    known = given()
    assert {behind.get(known)[0] for _ in range(3)} == {200}
    assert owner.call("PATCH", address, {"location": "hidden"})[0] == 200
    ends(behind, [known])
    wait_until(lambda: behind.get(f"/gallery/{sent.picture}/download")[0] == 200, RENEWAL)


def test_without_the_origin_an_edge_shows_private_pictures_to_whoever_may_see_them(
    behind: Site, sent: Sent
) -> None:
    """Of two links one has ended before, with its picture in the trash: what the edge has heard of stays so."""
    other = behind.owner().upload(unique_jpeg(time.monotonic_ns() % 2**32), "lake.jpg")
    assert other is not None
    open_, trashed = shared(behind, sent.picture)[1], shared(behind, other.picture)[1]
    for address in {*open_, *trashed}:
        seen = [behind.get(address) for _ in range(2)]
        assert [(told[0], told[1]["X-Cache"]) for told in seen] == [(200, "MISS"), (200, "REVALIDATED")]
        assert seen[0][2] == seen[1][2]
    assert behind.owner().call("DELETE", f"/api/v1/pictures/{other.picture}")[0] == 200
    ends(behind, trashed)
    edge, nowhere = behind.edges[0], f"127.0.0.1:{free_port()}"
    process.write(edge.settings, dataclasses.replace(edge.edge, origins=(nowhere,)))
    process.reload(edge.process)
    try:
        wait_until(lambda: behind.get(open_[0])[1]["X-Cache"] == "STALE")
        for address in open_:
            status, fields, _ = behind.get(address)
            assert (status, fields["X-Cache"]) == (200, "STALE")
            changed = address[:-1] + ("0" if address[-1] != "0" else "1")
            assert [behind.get(each)[0] for each in (address.partition("?")[0], changed)] == [503, 503]
        assert {behind.get(each)[0] for each in trashed} == {401}
    finally:
        process.write(edge.settings, edge.edge)
        process.reload(edge.process)
    wait_until(lambda: behind.get(open_[0])[1]["X-Cache"] == "REVALIDATED")


def test_no_trick_leaves_a_private_picture_at_an_edge(behind: Site, sent: Sent) -> None:
    """Its owner is led to addresses that look like something else; a stranger comes after."""
    owner = behind.owner()
    assert owner.call("PATCH", f"/api/v1/pictures/{sent.picture}", {"visibility": "private"})[0] == 200
    picture = owner.call("GET", f"/api/v1/pictures/{sent.picture}")[1]["picture"]
    path, _, token = picture["image"]["url"].replace("{w}", "320").partition("?")
    assert behind.get(f"{path}?{token}")[0] == 200
    tries: list[tuple[str, dict[str, str]]] = [
        (f"{front}{path}{suffix}", {}) for front, suffix in itertools.product(FRONTS, SUFFIXES)
    ]
    tries += [(path, trick) for trick in TRICKS]
    found = []
    for tried, headers in tries:
        behind.get(f"{tried}?{token}", headers)
        for asked in (tried, f"{tried}?x=1"):
            status, fields, _ = behind.get(asked, headers)
            if status in (200, 206, 304) and (fields["Content-Type"] or "image/").startswith("image/"):
                found.append((asked, headers))
    assert found == []


def test_one_signs_in_by_a_provider_through_the_edge(behind: Site, openid: OpenIdProvider) -> None:
    """There and back by the address that visitors know; nothing of it is kept for the next one."""
    openid.knows("som", email="som@example.com", email_verified=True)
    browser = Browser(behind.front.url)
    there = browser.get("/sign-in/provider?next=/account", follow=False).headers["Location"]
    back = Visitor().sign_in(there, "som")
    assert back.startswith(behind.front.url + CALLBACK)
    assert "som@example.com" in browser.get(back).text
    other = Browser(behind.front.url)
    assert "in another browser" in other.get(back).text
    assert "som@example.com" not in other.get("/account").text
    assert other.get("/sign-in/provider", follow=False).headers["Location"] != there
