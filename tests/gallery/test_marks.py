"""What one marks for oneself: favourites, stars; the review, after which the rejected go to the trash together."""

import html
import re

import pytest
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.errors import BadRequest
from picturerail.gallery.pictures.marks import KINDS, clean_mark, mark_of, marks_of
from tests.gallery.conftest import Maker, call, json_of, opened, post, token


def tiles(client: FlaskClient, mark: str = "favourite") -> list[str]:
    return opened(client, f"/favourites/?mark={mark}").tiles()


def test_marks_are_of_one_person_and_of_each_kind_one() -> None:
    marks = [
        mark_of("a", "stars", "4"),
        mark_of("ab", "stars", "1"),
        mark_of("a", "choice", "pick"),
        "a:x=1",
        "a:stars=9",
    ]
    assert marks_of("a", marks) == {"stars": "4", "choice": "pick"}
    assert marks_of("b", marks) == marks_of("", marks) == {}
    for kind, values in KINDS.items():
        for value in ("", *values):
            assert clean_mark(kind, value) == value
    for kind, value in (("stars", "6"), ("favourite", "no"), ("love", "yes")):
        with pytest.raises(BadRequest):
            clean_mark(kind, value)


def test_each_person_has_favourites_of_its_own(people: dict[str, FlaskClient], make: Maker) -> None:
    viewer, editor = people["viewer"], people["editor"]
    one, two = make(), make()
    post(viewer, f"/gallery/{one.id}/mark", favourite="yes")
    post(viewer, f"/gallery/{two.id}/mark", favourite="yes")
    post(editor, f"/gallery/{one.id}/mark", favourite="yes")
    assert (tiles(viewer), tiles(editor)) == ([two.id, one.id], [one.id])
    assert f'is-favourite" id="p{one.id}"' in editor.get("/gallery/").text
    assert f'is-favourite" id="p{two.id}"' not in editor.get("/gallery/").text
    assert "is-favourite" not in people["visitor"].get("/gallery/").text
    post(viewer, f"/gallery/{one.id}/mark", favourite="")
    assert (tiles(viewer), tiles(editor)) == ([two.id], [one.id])
    post(editor, f"/gallery/{one.id}/delete")
    assert tiles(editor) == []
    assert "Only you see these marks" in editor.get("/favourites/").text


def test_stars_replace_each_other_and_are_no_revision(
    owner: FlaskClient, make: Maker, database: Database
) -> None:
    picture = make()
    before = json_of(owner.get(f"/api/v1/pictures/{picture.id}"))
    for stars in ("2", "5", "4"):
        post(owner, f"/gallery/{picture.id}/mark", stars=stars)
    assert (tiles(owner, "4-stars"), tiles(owner, "5-stars")) == ([picture.id], [])
    page = owner.get(f"/gallery/{picture.id}").text
    assert 'name="stars" value="" aria-pressed="true" data-shortcut="4"' in page
    assert json_of(owner.get(f"/api/v1/pictures/{picture.id}")) == before
    [document] = database.gallery.find({})
    assert len(document["marks"]) == 1


def test_scripts_mark_too(owner: FlaskClient, make: Maker) -> None:
    picture = make()
    path = f"/api/v1/pictures/{picture.id}/marks"
    assert json_of(call(owner, "POST", path, {"favourite": "yes", "stars": "3"})) == {
        "marks": {"favourite": "yes", "stars": "3"}
    }
    assert json_of(call(owner, "POST", path, {"favourite": ""})) == {"marks": {"stars": "3"}}
    for wrong in ({}, {"stars": "6"}, {"stars": 3}, {"love": "yes"}):
        assert call(owner, "POST", path, wrong).status_code == 400
    hidden = make(state="trash")
    assert call(owner, "POST", f"/api/v1/pictures/{hidden.id}/marks", {"stars": "1"}).status_code == 404


def test_a_review_goes_through_all_and_the_rejected_go_together(
    people: dict[str, FlaskClient], client: FlaskClient, make: Maker
) -> None:
    owner = people["owner"]
    pictures = [make(description=f"Boat {number}") for number in range(3)]
    make(description="Car", filename="car.jpg")
    address, seen = "/review/?q=boat", []
    for choice in ("reject", "pick", "reject"):
        page = owner.get(address).text
        assert "This picture could not be loaded." in page  # seen where that is so
        [shown] = set(re.findall(r'action="/gallery/([0-9a-f]{24})/mark"', page))
        seen.append(shown)
        onwards = html.unescape(re.findall(r'name="back" value="([^"]+)"', page)[0])
        answer = post(owner, f"/gallery/{shown}/mark", choice=choice, back=onwards)
        address = answer.location
    assert seen == [one.id for one in reversed(pictures)]
    assert "2 pictures are rejected" in owner.get(address).text
    rejected = owner.get("/favourites/?mark=rejected").text
    ids = re.findall(r'type="hidden" name="id" value="([0-9a-f]{24})"', rejected)
    assert ids == [pictures[2].id, pictures[0].id]
    form = {"csrf_token": token(owner), "action": "trash", "id": ids, "back": "/favourites/?mark=rejected"}
    page = owner.post("/selection/", data=form, follow_redirects=True).text
    assert "2 pictures are in the trash." in page
    assert tiles(owner, "rejected") == []
    undo = re.search(r'action="(/selection/[0-9a-f]+/restore[^"]*)"', page)
    assert undo
    post(owner, html.unescape(undo[1]))
    assert tiles(owner, "rejected") == [pictures[2].id, pictures[0].id]
    assert tiles(owner, "picked") == [pictures[1].id]
    assert "That was the last one" in owner.get(f"/review/?after={pictures[0].id}").text
    nothing = people["contributor"].get("/review/").text  # somebody else added them all
    assert "Nothing to review" in nothing
    assert "That was the last one" not in nothing


def test_unfit_marks_are_refused(people: dict[str, FlaskClient], make: Maker) -> None:
    picture, owner = make(), people["owner"]
    for form in ({}, {"stars": "0"}, {"stars": "1", "favourite": "yes"}, {"choice": "burn"}):
        assert post(owner, f"/gallery/{picture.id}/mark", **form).status_code == 400, form
    assert owner.get("/favourites/?mark=all").status_code == 400
    assert people["visitor"].get("/favourites/").status_code == 303
    away = post(owner, f"/gallery/{picture.id}/mark", stars="1", back="//evil.example/")
    assert away.location == f"/gallery/{picture.id}"
