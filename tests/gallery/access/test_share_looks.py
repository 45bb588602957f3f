"""What a share link shows of its pictures: with their edits or without, and where they were taken or not."""

import pytest
from flask.testing import FlaskClient

from picturerail.database import Database
from tests.gallery.access.test_shares import LET_THROUGH, album, shared
from tests.gallery.conftest import Maker, call, post

CUT = "c_crop,w_300,h_200,x_0,y_0"


@pytest.mark.parametrize("edited", [None, True, False])
def test_a_link_shows_and_gives_pictures_as_edited_or_as_they_came(
    owner: FlaskClient, client: FlaskClient, make: Maker, edited: bool | None
) -> None:
    pictures = [make(edit=CUT, visibility="private", delivery="authenticated") for _ in range(2)]
    asked = {} if edited is None else {"edited": edited}
    link = shared(owner, album=album(owner, "cut", *(one.id for one in pictures)), **asked)
    assert link["edited"] is (edited is not False)
    pages = [client.get(f"{link['path']}{each}").text for each in ("", f"/{pictures[0].id}")]
    assert [CUT in page for page in pages] == [edited is not False] * 2
    download = client.get(f"{link['path']}/{pictures[0].id}/download")
    if edited is False:
        assert download.status_code == LET_THROUGH  # the whole file, stripped here
    else:
        assert f"/{CUT}/fl_attachment" in download.location
    said = ", as they came from the camera" in owner.get("/shares/").text
    assert said is (edited is False)


@pytest.mark.parametrize("word", ["", "hidden"])
def test_a_link_hides_where_pictures_were_taken_that_others_learn(
    owner: FlaskClient, client: FlaskClient, make: Maker, word: str
) -> None:
    picture = make(delivery="private", location="shown", place="52.50028, 13.40056")
    link = shared(owner, picture=picture.id, location=word)
    assert link["location"] == word
    told = client.get(link["path"]).text
    assert ("As the camera wrote it" in told, "52.50028, 13.40056" in told) == (word == "", word == "")
    saved = client.get(f"{link['path']}/{picture.id}/download")
    assert saved.status_code == (302 if word == "" else LET_THROUGH)  # to the file, or stripped here
    assert (", location hidden" in owner.get("/shares/").text) is (word == "hidden")


def test_the_form_of_a_link_says_how_pictures_are_shown(
    owner: FlaskClient, make: Maker, database: Database
) -> None:
    picture = make()
    page = owner.get(f"/gallery/{picture.id}").text
    assert '<input type="checkbox" name="location" value="hidden">' in page
    post(owner, "/shares/", picture=picture.id, edited="no", location="hidden")
    post(owner, "/shares/", picture=picture.id, edited="")
    kept = [(each["edited"], each["location"]) for each in database.shares.find().sort("_id", 1)]
    assert kept == [(False, "hidden"), (True, "")]
    answer = call(owner, "POST", "/api/v1/shares", {"picture": picture.id, "location": "shown"})
    assert (answer.status_code, "A link's 'location'" in answer.text) == (400, True)
