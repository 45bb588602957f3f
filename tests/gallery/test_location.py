"""Where a picture was taken is told to visitors by its own word, else its albums', else the site's; always to editors.

Each way to say so is tried, and that nobody says it of what is not theirs.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database, connect
from picturerail.database import database as database_of
from picturerail.gallery import policy
from picturerail.gallery.albums import location
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import lookup
from picturerail.gallery.pictures.location import HIDDEN, SHOWN, place_in, tells
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.policy import VISITOR
from picturerail.settings import Settings
from tests.gallery.conftest import Maker, call, json_of, post, signed_in
from tests.gallery.test_albums import fill, made
from tests.gallery.test_search_cost import Heard

PLACE = "52.50028, 13.40056"
WITH, WITHOUT = "With location and serial numbers", "Without location and serial numbers"


@pytest.mark.parametrize(
    ("own", "albums", "site", "told"),
    [
        ("", (), False, False),
        ("", (), True, True),
        (SHOWN, (HIDDEN,), False, True),
        (HIDDEN, (SHOWN,), True, False),
        ("", (SHOWN,), False, True),
        ("", (SHOWN, ""), False, False),
        ("", (SHOWN, ""), True, True),
        ("", (SHOWN, HIDDEN), True, False),
        ("no word", (), True, False),
    ],
)
def test_whose_word_counts(own: str, albums: tuple[str, ...], site: bool, told: bool) -> None:
    assert tells(own, albums, site=site) is told


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ({"GPSLatitude": "52 deg 30' 1.00\" N", "GPSLongitude": "13 deg 24' 2.00\" E"}, PLACE),
        (
            {"GPSLatitude": "33 deg 51' 0.00\" S", "GPSLongitude": "151 deg 12' 36.00\" W"},
            "-33.85000, -151.21000",
        ),
        ({"GPSLatitude": "52 deg 30' 1.00\" N"}, ""),
        ({"GPSLatitude": "91 deg 0' 0.00\" N", "GPSLongitude": "13 deg 24' 2.00\" E"}, ""),
        ({"GPSLatitude": 52.5, "GPSLongitude": ["<b>"]}, ""),
        ({}, ""),
    ],
)
def test_the_place_is_read_as_clouds_tell_it(answer: dict[str, Any], place: str) -> None:
    assert place_in({"image_metadata": answer}) == place


def told(client: FlaskClient, picture: Picture) -> tuple[bool, bool, bool]:
    """Whether the page tells the place, says that the file has it, and the API tells it: the same in each."""
    page = client.get(f"/gallery/{picture.id}").text
    one = json_of(client.get(f"/api/v1/pictures/{picture.id}"))["picture"]
    return PLACE in page, WITH in page, one["place"] == PLACE


def say(owner: FlaskClient, picture: Picture, word: str) -> None:
    answer = call(owner, "PATCH", f"/api/v1/pictures/{picture.id}", {"location": word})
    assert json_of(answer)["picture"]["location"] == word


def test_a_picture_and_its_albums_say_what_visitors_learn(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    picture = make(place=PLACE, delivery="private")
    nobody, everybody = (False, False, False), (True, True, True)
    assert told(client, picture) == nobody
    assert WITHOUT in client.get(f"/gallery/{picture.id}").text
    assert told(owner, picture) == (True, False, True)
    say(owner, picture, SHOWN)
    assert told(client, picture) == everybody
    say(owner, picture, "")
    outer = made(owner, "Journeys")
    inner = made(owner, "Berlin", location=SHOWN, parent=outer["id"])
    fill(owner, inner, [picture])
    assert told(client, picture) == everybody
    call(owner, "PATCH", f"/api/v1/albums/{outer['id']}", {"location": HIDDEN})
    assert told(client, picture) == nobody
    call(owner, "PATCH", f"/api/v1/albums/{outer['id']}", {"location": ""})
    fill(owner, made(owner, "Friends"), [picture])  # which says nothing, so that it is as the site
    assert told(client, picture) == nobody


def test_visitors_are_sent_to_the_file_only_where_its_location_is_shown(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    picture = make(place=PLACE, delivery="private", edit="c_crop,w_10,h_10,x_0,y_0")
    say(owner, picture, SHOWN)
    cut = client.get(f"/gallery/{picture.id}/download?original=1").location
    assert "/c_crop,w_10,h_10,x_0,y_0/fl_attachment" in cut  # what was cut off is for who may change it
    assert "/fl_attachment:boat/v17/" in owner.get(f"/gallery/{picture.id}/download?original=1").location
    call(owner, "PATCH", f"/api/v1/pictures/{picture.id}", {"edit": ""})
    assert "/private/s--" in client.get(f"/gallery/{picture.id}/download").location
    say(owner, picture, HIDDEN)
    # stripped here; the cloud is away
    assert client.get(f"/gallery/{picture.id}/download").status_code == 503


def test_an_open_site_hides_what_a_picture_or_a_deleted_album_hid(
    settings: Settings, cloud: CloudAccess, database: Database, make: Maker
) -> None:
    app = create_app(replace(settings, keep_metadata=True), cloud)
    owner, client = signed_in(app, database, "owner"), app.test_client()
    picture, hung = make(place=PLACE, delivery="private"), make(place=PLACE, delivery="private")
    assert told(client, picture) == (True, True, True)
    say(owner, picture, HIDDEN)
    album = made(owner, "Home", location=HIDDEN)
    fill(owner, album, [hung])
    for each in (picture, hung):
        assert told(client, each) == (False, False, False)
    call(owner, "DELETE", f"/api/v1/albums/{album['id']}")
    assert told(client, hung) == (False, False, False)


def test_nobody_tells_by_an_album_where_pictures_of_others_were_taken(
    app: Flask, database: Database, owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    picture, contributor = make(place=PLACE, owner="somebody"), signed_in(app, database, "contributor")
    album = made(contributor, "Mine", location=SHOWN)
    assert fill(contributor, album, [picture])["added"] == []
    other = made(contributor, "Also mine")
    assert fill(contributor, other, [picture])["added"] == [picture.id]
    answer = call(contributor, "PATCH", f"/api/v1/albums/{other['id']}", {"location": SHOWN})
    assert answer.status_code == 409
    assert (
        call(contributor, "PATCH", f"/api/v1/pictures/{picture.id}", {"location": SHOWN}).status_code == 403
    )
    assert call(owner, "PATCH", f"/api/v1/albums/{other['id']}", {"location": SHOWN}).status_code == 200
    assert told(client, picture)[0]


def by_edit_form(owner: FlaskClient, picture: Picture, word: str) -> None:
    fields = {"updated_at": picture.revision, "description": "A boat", "tags": "", "location": word}
    assert post(owner, f"/gallery/{picture.id}/edit", **fields).status_code in (303, 400)


def by_selection(owner: FlaskClient, picture: Picture, word: str) -> None:
    assert post(owner, "/selection/", id=picture.id, action="location", location=word).status_code in (
        303,
        400,
    )


def by_api(owner: FlaskClient, picture: Picture, word: str) -> None:
    answer = call(owner, "PATCH", f"/api/v1/pictures/{picture.id}", {"location": word})
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize("way", [by_edit_form, by_selection, by_api])
def test_each_way_to_say_it(
    owner: FlaskClient,
    database: Database,
    make: Maker,
    way: Callable[[FlaskClient, Picture, str], None],
) -> None:
    picture = make()
    for word, kept in ((SHOWN, SHOWN), ("everywhere", SHOWN), (HIDDEN, HIDDEN), ("", "")):
        now = lookup.with_public_id(database, picture.public_id)
        assert now
        way(owner, now, word)
        after = lookup.with_public_id(database, picture.public_id)
        assert after
        assert after.location == kept


def test_an_albums_form_says_it(owner: FlaskClient, database: Database) -> None:
    album = made(owner, "Sea")
    page = owner.get(f"{album['href']}/edit").text
    assert "As the site says: hidden" in page
    assert post(owner, f"{album['href']}/edit", title="Sea", location=SHOWN).status_code == 303
    assert location.words_of(database, [album["id"]]) == {album["id"]: SHOWN}
    assert '<option value="shown" selected>' in owner.get(f"{album['href']}/edit").text


def test_the_words_of_very_many_albums_are_one_question(
    owner: FlaskClient, database: Database, mongo_uri: str
) -> None:
    """However many hang the pictures of one list; what lies in the same album is asked once."""
    top = made(owner, "Top", location=HIDDEN)
    inside = made(owner, "Inside", parent=top["id"])
    below = made(owner, "Below", parent=inside["id"])["id"]
    own = {word: made(owner, word, location=word)["id"] for word in (SHOWN, HIDDEN)}
    pattern = database.albums.find_one({"_id": ObjectId(below)})
    assert pattern
    ids = [ObjectId() for _ in range(120)]
    database.albums.insert_many([{**pattern, "_id": each, "slugs": [str(each)]} for each in ids])
    gone = made(owner, "Gone", location=SHOWN)["id"]
    database.albums.update_one({"_id": ObjectId(gone)}, {"$set": {"state": "deleted"}})
    asked, heard = [*map(str, ids), below, *own.values(), top["id"], gone], Heard()
    with connect(mongo_uri, event_listeners=[heard]) as client:
        db = database_of(client)
        known, words = location.known_and_words(db, asked, policy.albums(VISITOR), words_matter=True)
    [asked_once] = [each for each in heard.commands if "albums" in each.values()]
    assert words == {**dict.fromkeys(asked[:-1], HIDDEN), own[SHOWN]: SHOWN}
    assert known.keys() == words.keys()
    assert all(album.id == album_id for album_id, album in known.items())
    by_id = location.known_ids_and_words(database, asked, policy.albums(VISITOR), words_matter=True)
    assert by_id == (set(known), words)
    looked = asked_once["pipeline"][-1]["$unionWith"]["pipeline"]
    assert len(list(database.albums.aggregate(looked))) == 2


def test_a_list_of_the_api_reads_no_whole_album(
    owner: FlaskClient, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tells their ids alone."""
    picture, albums = make(), [made(owner, title) for title in ("Sea", "Sky")]
    for album in albums:
        fill(owner, album, [picture])
    monkeypatch.delattr(location, "parse_album")
    [told] = json_of(owner.get("/api/v1/pictures"))["pictures"]
    assert told["albums"] == [album["id"] for album in albums]


def test_addresses_end_only_where_a_filling_may_hide_a_location(
    owner: FlaskClient, database: Database, make: Maker
) -> None:
    """Not with each file of an upload into an album that shows it, nor where nothing was shown."""

    def hidings() -> int:
        return int((database.site.find_one({"_id": "location"}) or {}).get("hidings", 0))

    shows, hides, silent = (made(owner, word or "silent", location=word) for word in (SHOWN, HIDDEN, ""))
    picture, other = make(), make()
    for album, one in ((shows, picture), (hides, other), (silent, other)):
        fill(owner, album, [one])
    assert hidings() == 0
    fill(owner, silent, [picture])
    assert hidings() == 1
    call(owner, "POST", f"/api/v1/albums/{shows['id']}/pictures", {"remove": [picture.id]})
    assert hidings() == 2


def test_a_new_picture_says_it_at_once(owner: FlaskClient) -> None:
    body = {"url": "http://127.0.0.1:9/a.jpg", "location": "everywhere"}
    assert "'location' must be" in call(owner, "POST", "/api/v1/pictures", body).text
