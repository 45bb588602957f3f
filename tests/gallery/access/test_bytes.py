"""Bytes follow visibility: what was open a moment ago is closed, whatever address somebody kept or guesses."""

import html
import itertools
import json
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.cloud_account import parse_cloudinary_url
from picturerail.gallery.pictures import view
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.visibility import VISIBILITIES
from tests.gallery.access.leak_matrix import BYTES, STATES
from tests.gallery.browser import Browser, Page
from tests.gallery.metadata.test_metadata import SECRETS, files, stripped
from tests.gallery.test_api import Script
from tests.gallery.test_uploads import fresh
from tests.service import Service, wait_until

CLOSED = {401, 404}


def added(script: Script, visibility: str = "public") -> dict[str, str]:
    """A new picture, as the API tells it."""
    status, told = script.call(
        "POST",
        "/api/v1/pictures",
        {"answer": script.send(fresh(900, 600), "b.jpg"), "filename": "b.jpg", "visibility": visibility},
    )
    assert status == 201, told
    picture: dict[str, str] = told["picture"]
    return picture


def shown(script: Script, picture: dict[str, str], visibility: str) -> dict[str, str]:
    status, told = script.call("PATCH", f"/api/v1/pictures/{picture['id']}", {"visibility": visibility})
    assert status == 200, told
    changed: dict[str, str] = told["picture"]
    return changed


def asked(service: Service, address: str) -> Page:
    """What somebody without a cookie gets."""
    return Browser(service.url).get(address, Accept="image/webp")


def sizes(script: Script, picture: dict[str, str]) -> list[str]:
    """The addresses of all sizes on its page."""
    page = script.browser.get(f"/gallery/{picture['id']}").text
    found = re.search(r'<img src="([^"]+)" srcset="([^"]+)"', page)
    assert found
    return [html.unescape(each.split()[0]) for each in found[2].split(", ")]


def test_what_was_open_is_closed(script: Script, service: Service) -> None:
    picture = added(script)
    name, path = picture["public_id"], "/picturerail/image/private"
    opened_by_token = picture["url"].removeprefix(service.url)
    known = [
        *sizes(script, picture),
        whole(service, picture),
        opened_by_token,
        f"{path}/f_auto/{name}.png",
        f"{path}/w_77/{name}",
        f"{path}/fl_getinfo/w_70/{name}.jpg",
        f"{path}/w_60,fl_attachment/{name}.jpg",
        f"/picturerail/image/upload/w_60/v1/{name}.jpg",
    ]
    for _ in range(3):  # in the memory of each process
        assert {asked(service, each).status for each in known} == {200}
    shown(script, picture, "private")
    assert {asked(service, each).status for each in known} <= CLOSED
    # Who may see it makes the same sizes again: no address from before leads to them.
    again = sizes(script, picture)
    assert all("/authenticated/" in each and "__cld_token__" in each for each in again)
    for each in again:
        page = asked(service, each)
        assert (page.status, page.headers["Cache-Control"]) == (200, "private, max-age=3600")
    for _ in range(3):
        assert {asked(service, each).status for each in known} <= CLOSED
    # And back.
    shown(script, picture, "public")
    assert {asked(service, each).status for each in sizes(script, picture)} == {200}
    assert {asked(service, each).status for each in again} <= CLOSED


def test_the_trash_closes_what_is_in_it(script: Script, service: Service) -> None:
    """One picture or several, public or unlisted; and what comes back is open as it was."""
    pictures = [added(script), added(script), added(script, "unlisted")]
    # what was handed out of an unlisted one ends with its token
    known = [address for each in pictures[:2] for address in (*sizes(script, each)[:2], whole(service, each))]
    known += [each["url"].removeprefix(service.url) for each in pictures[:2]]
    for _ in range(3):
        assert {asked(service, each).status for each in known} == {200}
    script.call("DELETE", f"/api/v1/pictures/{pictures[0]['id']}")
    for each in pictures[1:]:
        script.browser.post("/selection/", {"action": "trash", "id": each["id"]})
    for _ in range(3):
        found = {each: asked(service, each).status for each in known}
        assert [each for each, status in found.items() if status not in CLOSED] == []
    tile = re.search(r'<img [^>]*src="([^"]+)"', script.browser.get("/trash/").text)
    assert tile
    assert asked(service, html.unescape(tile[1])).status == 200  # for whoever may take it back
    for each in pictures:
        script.call("POST", f"/api/v1/pictures/{each['id']}/restore")
        for address in (sizes(script, each)[0], whole(service, each)):
            assert asked(service, address).status == 200


def test_every_address_that_a_stranger_may_write(script: Script, service: Service) -> None:
    """The second part of the leak matrix."""
    pictures = {state: added(script, state if state in VISIBILITIES else "public") for state in STATES}
    neighbour = added(script)["public_id"]
    shown(script, pictures["made private just now"], "private")
    script.call("DELETE", f"/api/v1/pictures/{pictures['in the trash']['id']}")
    assert wrong_cells(service, pictures, neighbour) == []


def wrong_cells(
    service: Service, pictures: Mapping[str, Mapping[str, Any]], neighbour: str
) -> list[tuple[str, str]]:
    """State and address of each cell where a stranger gets other than the matrix says; `pictures` by their state."""
    wrong = []
    for state, (thing, (address, opens)) in itertools.product(STATES, BYTES.items()):
        picture = pictures[state]
        name = picture["public_id"]
        words = {"n": name, "c": name.replace("/", ":"), "v": picture["version"], "b": neighbour}
        tried = {address.format(t=each, **words) for each in ("upload", "private", "authenticated")}
        if any(asked(service, each).status == 200 for each in tried) != (state == opens):
            wrong.append((state, thing))
    return wrong


def whole(service: Service, picture: dict[str, str]) -> str:
    """The address of the whole picture, as a stranger is told it."""
    told = json.loads(asked(service, f"/api/v1/pictures/{picture['id']}").text)["picture"]["url"]
    return str(told.removeprefix(service.url))


def test_nobody_gets_the_original_of_a_public_picture(script: Script, service: Service) -> None:
    """Whoever may change it does, for a time, by an address of their own."""
    for kind in ("jpg", "png", "gif"):
        content = files()[kind] + b"%d" % time.time_ns()
        page = script.browser.post("/upload/", {}, [("image", f"ж.{kind}", content)])
        link = re.search(r'href="/gallery/([0-9a-f]{24})"[^>]*>Look at it', page.text)
        assert link
        _, told = script.call("GET", f"/api/v1/pictures/{link[1]}")
        picture = told["picture"]
        name, ending = picture["public_id"], f"v{picture['version']}/{picture['public_id']}.{kind}"
        known = [f"{each}/{way}{ending}" for each in ("private", "upload") for way in ("", "fl_attachment/")]
        known += [
            f"private/{name}",
            f"private/{name}.png",
            f"upload/l_private:{name.replace('/', ':')}/{name}",
        ]
        for each in known:
            assert asked(service, f"/picturerail/image/{each}").status in CLOSED
        shown_to_all = asked(service, whole(service, picture))
        assert (shown_to_all.status, shown_to_all.headers["Content-Type"][:6]) == (200, "image/")
        assert shown_to_all.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert not [secret for secret in SECRETS if secret in shown_to_all.body]
        path = picture["url"].removeprefix(service.url)
        original = asked(service, path)
        assert (original.body, original.headers["Cache-Control"]) == (content, "private, max-age=3600")
        assert asked(service, path.partition("?")[0]).status == 401
        assert script.browser.get(f"/gallery/{picture['id']}/download").body == content
        saved = asked(service, f"/gallery/{picture['id']}/download").body
        assert saved == stripped(kind, content)


def test_a_token_opens_the_sizes_of_one_picture(script: Script, service: Service) -> None:
    one, other = added(script, "private"), added(script, "unlisted")
    assert "/authenticated/" in one["url"]
    address = sizes(script, one)[0]
    path, _, query = address.partition("?")
    foreign = path.replace(one["public_id"], other["public_id"])
    version = re.search(r"/v\d+/", path)
    assert version
    file = f"/picturerail/image/authenticated{version[0]}{one['public_id']}"
    tries = [
        path,
        f"{foreign}?{query}",
        f"{file}?{query}",
        f"{file}.jpg?{query}",
        f"/picturerail/image/authenticated/q_100{version[0]}{one['public_id']}?{query}",
        f"/picturerail/image/authenticated/c_limit,f_auto/{other['public_id']}/{one['public_id']}?{query}",
        path.replace("c_limit", f"l_authenticated:{other['public_id'].replace('/', ':')}/c_limit")
        + f"?{query}",
        f"{path}?{query[:-1]}{'0' if query[-1] != '0' else '1'}",
        path.replace("/authenticated/", "/upload/") + f"?{query}",
        path.replace("/authenticated/", "/private/") + f"?{query}",
    ]
    assert asked(service, address).status == 200
    assert [each for each in tries if asked(service, each).status == 200] == []
    original = asked(service, one["url"])
    assert (original.status, original.headers["Cache-Control"]) == (200, "private, max-age=3600")
    assert "c_limit" in whole(service, other)
    assert asked(service, whole(service, other)).status == 200
    assert asked(service, f"/gallery/{one['id']}/download").status == 404
    assert asked(service, f"/gallery/{other['id']}/download").status == 200


def test_hidden_from_the_first_byte_on(script: Script) -> None:
    """What is to be private is uploaded as such, by script and by form."""
    asked_for = {"filename": "b.jpg", "bytes": 9, "visibility": "private"}
    status, permit = script.call("POST", "/api/v1/uploads/signature", asked_for)
    assert (status, permit["params"]["type"]) == (200, "authenticated")
    page = script.browser.post("/upload/", {"visibility": "private"}, [("image", "c.jpg", fresh())])
    link = re.search(r'href="/gallery/([0-9a-f]{24})"[^>]*>Look at it', page.text)
    assert link
    _, told = script.call("GET", f"/api/v1/pictures/{link[1]}")
    assert (told["picture"]["visibility"], told["picture"]["shown_as"]) == ("private", "private")
    assert "/authenticated/" in told["picture"]["url"]


def test_visitors_save_a_file_that_says_nothing(script: Script, service: Service) -> None:
    """And who may change the picture the very bytes that were uploaded."""
    content = files()["jpg"] + b"%d" % time.time_ns()
    page = script.browser.post("/upload/", {"visibility": "unlisted"}, [("image", "berlin.jpg", content)])
    link = re.search(r'href="(/gallery/[0-9a-f]{24})"[^>]*>Look at it', page.text)
    assert link
    assert "Without location and serial numbers." in asked(service, link[1]).text
    assert "Without location and serial numbers." not in script.browser.get(link[1]).text
    for query in ("", "?original=1"):
        saved = asked(service, f"{link[1]}/download{query}")
        assert saved.body == stripped("jpg", content)
        assert saved.headers["Content-Disposition"].startswith('attachment; filename="berlin.jpg"')
        assert script.browser.get(f"{link[1]}/download{query}").body == content
    path = f"/api/v1{link[1].replace('gallery', 'pictures')}"
    assert script.call("PATCH", path, {"location": "shown"})[0] == 200
    assert asked(service, f"{link[1]}/download").body == content
    assert "52.50028, 13.40056" in asked(service, link[1]).text
    assert script.call("PATCH", path, {"location": "hidden"})[0] == 200
    assert "52.50028, 13.40056" not in asked(service, link[1]).text
    _, told = script.call("POST", "/api/v1/shares", {"picture": link[1].rpartition("/")[2]})
    shared = urlsplit(told["share"]["url"]).path
    assert asked(service, f"{shared}{link[1].removeprefix('/gallery')}/download").body == stripped(
        "jpg", content
    )


def test_a_picture_comes_with_its_word_on_location(script: Script, service: Service) -> None:
    content = files()["jpg"] + b"%d" % time.time_ns()
    given = {"answer": script.send(content, "b.jpg"), "filename": "b.jpg", "location": "shown"}
    status, told = script.call("POST", "/api/v1/pictures", given)
    assert (status, told["picture"]["location"], told["picture"]["place"]) == (
        201,
        "shown",
        "52.50028, 13.40056",
    )
    assert asked(service, f"/gallery/{told['picture']['id']}/download").body == content


def test_a_hidden_picture_can_be_deleted_and_is_no_orphan(script: Script, service: Service) -> None:
    picture = added(script, "private")
    address = sizes(script, picture)[0]
    assert "pictures without their asset" not in service.run("doctor")
    script.call("DELETE", f"/api/v1/pictures/{picture['id']}")
    script.browser.post("/trash/empty", {"confirm": "yes"})
    wait_until(lambda: asked(service, address).status == 404)


@pytest.mark.parametrize("token_key", ["", "abcd"])
def test_at_a_cloud_elsewhere(token_key: str) -> None:
    """A signature for each address, or a token where the account has a key for them."""
    cloud: CloudAccess = replace(parse_cloudinary_url("cloudinary://1:secret@demo"), token_key=token_key)
    picture = Picture(
        id="5" * 24,
        public_id="gallery/x",
        version=7,
        width=2000,
        height=1000,
        format="jpg",
        delivery="authenticated",
    )
    tile = view.show(picture, cloud)
    addresses = [each.split()[0] for each in tile.srcset.split(", ")]
    assert len(addresses) == len(view.TILE_WIDTHS)
    sign = (
        r"/authenticated/c_[^?]+\?__cld_token__=exp=\d+~acl="
        if token_key
        else r"/authenticated/s--[\w-]{8}--/c_"
    )
    assert all(re.search(sign, each) for each in (*addresses, tile.src, tile.large_src, tile.data["url"]))
    assert ("{w}" in tile.data["url"]) == bool(token_key)
    assert bool(tile.data["widths"]) == bool(token_key)
