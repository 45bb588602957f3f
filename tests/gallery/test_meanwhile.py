"""Two people change one picture or album: who is later is told all that the other has saved, and loses no word."""

import html
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from picturerail.gallery.pages import upload
from tests.gallery.conftest import Maker, call, opened, post
from tests.gallery.test_albums import made


def fields_of(text: str) -> dict[str, str]:
    """What the form for saving would send as it is: the last form with a field `updated_at` or `seen`."""
    [form] = re.findall(r"<form [^>]*data-edit-form.*?</form>", text, re.DOTALL)
    found = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)</textarea>', form))
    for select in re.findall(r"<select.*?</select>", form, re.DOTALL):
        name, chosen = (re.search(rule, select) for rule in (r'name="(\w+)"', r'value="([^"]*)" selected'))
        if name:
            found[name[1]] = chosen[1] if chosen else ""
    boxes = re.findall(r'<input type="(?:radio|checkbox)" name="(\w+)" value="([^"]*)"( checked)?', form)
    for name, _, _ in boxes:
        found.pop(name, None)
    found |= {name: value for name, value, checked in boxes if checked}
    return {name: html.unescape(value) for name, value in found.items() if name != "csrf_token"}


def alert(answer: TestResponse) -> str:
    found = re.search(r'role="alert">(.*?)</div>', answer.text, re.DOTALL)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", found[1]).split())) if found else ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"location": "hidden"}, "Location and camera: hidden"),
        ({"focus_x": "25", "focus_y": "60"}, "Focal point: 25 % from the left, 60 % from above"),
        ({"taken_at": "2001-02-03 04:05"}, "It was taken: 2001-02-03 04:05:00"),
        ({"description": "Theirs", "tags": "theirs"}, "Theirs Its tags are now: theirs"),
    ],
    ids=["location", "focus", "time", "text"],
)
def test_all_that_a_picture_says_now_is_told_and_what_was_typed_stays(
    people: dict[str, FlaskClient], make: Maker, change: dict[str, str], said: str
) -> None:
    picture = make(description="A boat")
    path = f"/gallery/{picture.id}/edit"
    mine = fields_of(people["owner"].get(path).text) | {"description": "Mine", "tags": "my, own"}
    theirs = fields_of(people["editor"].get(path).text) | change
    assert post(people["editor"], path, **theirs).status_code == 303
    answer = post(people["owner"], path, **mine)
    assert answer.status_code == 409
    assert said in alert(answer)
    others = ("Location", "Focal", "taken:", "edited anew")
    assert [each for each in others if each in alert(answer)] == [each for each in others if each in said]
    again = fields_of(answer.text)
    assert {**again, "updated_at": ""} == {**mine, "updated_at": ""}
    assert post(people["owner"], path, **again).status_code == 303
    assert fields_of(people["owner"].get(path).text)["description"] == "Mine"


def test_a_focal_point_made_automatic_and_a_new_edit_are_told(
    people: dict[str, FlaskClient], make: Maker
) -> None:
    picture = make()
    path = f"/gallery/{picture.id}/edit"
    begun = fields_of(people["owner"].get(path).text)
    assert post(people["owner"], path, **begun | {"focus_x": "25", "focus_y": "60"}).status_code == 303
    mine = fields_of(people["owner"].get(path).text) | {"description": "Mine"}
    theirs = fields_of(people["editor"].get(path).text) | {"focus_x": "", "focus_y": ""}
    assert post(people["editor"], path, **theirs).status_code == 303
    assert post(people["editor"], f"/gallery/{picture.id}/turn", way="90").status_code == 303
    answer = post(people["owner"], path, **mine)
    assert "Focal point: automatic" in alert(answer)
    assert "It is edited anew, as the picture here shows." in alert(answer)
    assert post(people["owner"], path, **fields_of(answer.text)).status_code == 303
    assert call(people["owner"], "GET", f"/api/v1/pictures/{picture.id}").json["picture"]["edit"] == "a_90"


def test_a_form_that_was_refused_does_not_hide_what_came_meanwhile(
    people: dict[str, FlaskClient], make: Maker
) -> None:
    picture = make()
    path = f"/gallery/{picture.id}/edit"
    mine = fields_of(people["owner"].get(path).text) | {"description": "Mine", "taken_at": "some day"}
    theirs = fields_of(people["editor"].get(path).text) | {"description": "Theirs"}
    assert post(people["editor"], path, **theirs).status_code == 303
    refused = post(people["owner"], path, **mine)
    assert refused.status_code == 400
    again = fields_of(refused.text)
    assert again == mine
    answer = post(people["owner"], path, **again | {"taken_at": ""})
    assert answer.status_code == 409
    assert "Theirs" in alert(answer)


def test_an_edit_that_was_only_looked_at_replaces_no_other_one_unseen(
    people: dict[str, FlaskClient], make: Maker
) -> None:
    picture = make()
    path = f"/gallery/{picture.id}/editor"
    mine = fields_of(people["owner"].get(path).text) | {"look": "sepia"}
    assert post(people["editor"], f"/gallery/{picture.id}/turn", way="90").status_code == 303
    looked = post(people["owner"], path, **mine, action="preview")
    assert looked.status_code == 200
    again = fields_of(looked.text)
    assert again["look"] == "sepia"
    answer = post(people["owner"], path, **again, action="save")
    assert answer.status_code == 409
    shown = re.search(r'<img src="([^"]+)"[^>]* alt="The picture as it is now"', answer.text)
    assert shown
    assert "a_90" in shown[1]
    assert fields_of(answer.text)["look"] == "sepia"
    assert post(people["owner"], path, **fields_of(answer.text), action="save").status_code == 303
    kept = call(people["owner"], "GET", f"/api/v1/pictures/{picture.id}").json["picture"]["edit"]
    assert "e_sepia" in kept
    assert "a_90" not in kept


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"order": "oldest"}, "Order: Oldest taken first"),
        ({"visibility": "private"}, "Who sees it: private"),
        ({"location": "hidden"}, "Location and camera: hidden"),
        ({"parent": "OUTER"}, "Lies in: Outer"),
        ({"title": "Ocean", "description": "Tides"}, "Ocean Tides"),
    ],
    ids=["order", "visibility", "location", "parent", "text"],
)
def test_all_that_an_album_says_now_is_told(
    people: dict[str, FlaskClient], change: dict[str, str], said: str
) -> None:
    outer = made(people["owner"], "Outer")
    path = f"{made(people['owner'], 'Sea', order='hand')['href']}/edit"
    mine = fields_of(people["owner"].get(path).text) | {"description": "Mine"}
    changed = {name: outer["id"] if value == "OUTER" else value for name, value in change.items()}
    theirs = fields_of(people["editor"].get(path).text) | changed
    assert post(people["editor"], path, **theirs).status_code == 303
    answer = post(people["owner"], opened(people["owner"], path).path, **mine)
    assert answer.status_code == 409
    assert said in alert(answer)
    others = ("Order:", "Who sees it:", "Location", "Lies in:")
    assert [each for each in others if each in alert(answer)] == [each for each in others if each in said]
    assert {**fields_of(answer.text), "seen": ""} == {**mine, "seen": ""}


def test_a_saved_search_tells_what_it_looks_for_now(people: dict[str, FlaskClient]) -> None:
    path = f"{made(people['owner'], 'Boats', q='boat')['href']}/edit"
    mine = fields_of(people["owner"].get(path).text) | {"q": "boat sea"}
    theirs = fields_of(people["editor"].get(path).text) | {"q": "ship"}
    assert post(people["editor"], path, **theirs).status_code == 303
    answer = post(people["owner"], path, **mine)
    assert answer.status_code == 409
    assert "Search: ship" in alert(answer)
    assert fields_of(answer.text)["q"] == "boat sea"


@pytest.mark.parametrize("is_new", [True, False])
def test_an_album_that_is_refused_keeps_what_was_written(owner: FlaskClient, is_new: bool) -> None:
    outer = made(owner, "Outer")
    path = "/albums/new" if is_new else f"{made(owner, 'Sea')['href']}/edit"
    mine = fields_of(owner.get(path).text) | {"title": " ", "description": "A long story", "order": "taken"}
    mine |= {"parent": outer["id"], "visibility": "unlisted", "location": "hidden"}
    answer = post(owner, path, **mine)
    assert answer.status_code == 400
    assert "title" in alert(answer)
    assert fields_of(answer.text) == mine


def test_what_a_double_click_has_decided_already_is_no_error(
    owner: FlaskClient, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of two answers keeps the uploads; the second, which saw them still, goes on to the others."""
    kept, waits = make(), make(state="duplicate")
    monkeypatch.setattr(upload, "_waiting", lambda: (kept, waits))
    assert post(owner, "/upload/duplicates", choice="keep").status_code == 303
    assert "1 picture kept beside what was there." in opened(owner, "/albums/").words
    assert post(owner, "/upload/duplicates", choice="keep").status_code == 303
    assert "Nothing waits here any more." in opened(owner, "/albums/").words
