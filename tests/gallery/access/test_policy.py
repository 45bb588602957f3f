"""The policy: who may do what, and which pictures they see, change, take back and decide about."""

import re
from collections.abc import Callable

import pytest
from bson import ObjectId
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.errors import Forbidden, Unauthorized
from picturerail.gallery import policy
from picturerail.gallery.pictures import listing
from picturerail.gallery.pictures.filter import PictureFilter, in_state
from picturerail.gallery.policy import VISITOR, Action, Person, Principal
from tests.gallery.conftest import Maker, call, post, signed_in

OTHER = "0" * 24
PEOPLE: dict[str, Principal] = {
    "visitor": VISITOR,
    **{role: Person(ObjectId(), f"{role}@example.com", role) for role in policy.ROLES},
}


def found(database: Database, wanted: PictureFilter) -> set[str]:
    return {one.id for one in listing.page(database, wanted, size=100).pictures}


@pytest.mark.parametrize(
    ("action", "on_own", "on_others"),
    [
        (Action.ADD, "contributor editor owner", "contributor editor owner"),
        (Action.CHANGE, "contributor editor owner", "editor owner"),
        (Action.DECIDE, "contributor editor owner", "owner"),
        (Action.EMPTY_TRASH, "owner", "owner"),
        (Action.HAVE_ACCOUNT, "viewer contributor editor owner", "viewer contributor editor owner"),
    ],
)
def test_who_may_do_what(make: Maker, action: Action, on_own: str, on_others: str) -> None:
    theirs = make(owner=OTHER)
    for role, who in PEOPLE.items():
        assert policy.may(who, action, make(owner=who.id)) == (role in on_own.split()), role
        assert policy.may(who, action) == (role in on_own.split()), role
        assert policy.may(who, action, theirs) == (role in on_others.split()), role


def test_refusals_say_what_it_needs(make: Maker) -> None:
    with pytest.raises(Unauthorized, match="sign in first"):
        policy.check(VISITOR, Action.ADD)
    with pytest.raises(Forbidden, match="Your account is a viewer's; this needs a contributor's"):
        policy.check(PEOPLE["viewer"], Action.ADD)
    with pytest.raises(Forbidden, match="Somebody else added this picture.*this needs an editor's"):
        policy.check(PEOPLE["contributor"], Action.CHANGE, make(owner=OTHER))


@pytest.mark.parametrize(
    ("wanted", "all_of", "own_of"),
    [
        (policy.seen, {"live": "visitor viewer contributor editor owner"}, {}),
        (policy.changeable, {"live": "editor owner"}, {"live": "contributor"}),
        (policy.trash, {"trash": "editor owner"}, {"trash": "contributor"}),
        (policy.decidable, {"duplicate": "owner"}, {"duplicate": "contributor editor"}),
        (policy.duplicates, {}, {"duplicate": "contributor editor owner"}),
        (
            policy.readable,
            {
                "live": "visitor viewer contributor editor owner",
                "trash": "editor owner",
                "duplicate": "owner",
            },
            {"trash": "contributor", "duplicate": "contributor editor"},
        ),
    ],
)
def test_what_each_filter_finds(
    database: Database,
    make: Maker,
    wanted: Callable[[Principal], PictureFilter],
    all_of: dict[str, str],
    own_of: dict[str, str],
) -> None:
    for role, who in PEOPLE.items():
        database.gallery.delete_many({})
        expected = set()
        for state in ("live", "trash", "duplicate", "deleted"):
            own, theirs = make(state=state, owner=who.id), make(state=state, owner=OTHER)
            if role in all_of.get(state, "").split():
                expected |= {own.id, theirs.id}
            if role in own_of.get(state, "").split():
                expected.add(own.id)
        assert found(database, wanted(who)) == expected, role


def test_a_refusal_stands_in_the_log_with_who_and_where(
    people: dict[str, FlaskClient], client: FlaskClient, make: Maker, caplog: pytest.LogCaptureFixture
) -> None:
    picture = make()
    post(people["viewer"], f"/gallery/{picture.id}/delete")
    post(client, "/sign-in", email="typed@in.the", password="wrong field")
    client.get("/api/v1/pictures", headers={"Authorization": "Bearer made-up"})
    client.get("/nowhere")
    lines = [record.getMessage() for record in caplog.records if record.name == "picturerail.refused"]
    assert re.fullmatch(
        r"403 for POST /gallery/<\w+>/delete, account [0-9a-f]{24} at 127\.0\.0\.1 \(request [0-9a-f]{16}\)",
        lines[0],
    )
    assert [line.partition(" at ")[0] for line in lines[1:]] == [
        "401 for POST /sign-in, nobody who is signed in",
        "401 for GET /api/v1/pictures, nobody who is signed in",
    ]
    assert not [word for word in ("typed", "wrong field", "made-up") if word in caplog.text]


def test_no_narrowing_takes_a_condition_away(database: Database, make: Maker) -> None:
    """A bound, a search or a second condition on the same field is one condition more."""
    one, two = make(owner="a"), make(owner="b", state="trash")
    nothing = in_state("live").but({"_id": {"$in": []}})
    assert found(database, nothing) == set()
    assert listing.page(database, nothing, size=9, cursor=one.id, direction="at").pictures == ()
    assert found(database, in_state("live").but({"state": "trash"})) == set()
    assert found(database, in_state("live", "trash").but({"owner": "b"}).but({"owner": "a"})) == set()
    assert found(database, in_state("live", "trash").but({"owner": "b"}).among({"tokens": "boat"})) == {
        two.id
    }
    searched = (
        in_state("live")
        .but({"$and": [{"owner": "b"}]})
        .among({"tokens": "boat", "$and": [{"state": "live"}]})
    )
    assert found(database, searched) == set()


# ---- on pages and in the API ---------------------------------------------------------------------------------


@pytest.fixture
def contributor(app: Flask, database: Database) -> FlaskClient:
    """Somebody who adds pictures and changes their own."""
    return signed_in(app, database, "contributor")


@pytest.fixture
def own_id(contributor: FlaskClient, database: Database) -> str:
    """The contributor's id."""
    account = database.users.find_one({"role": "contributor"})
    assert account
    return str(account["_id"])


def test_a_contributor_changes_their_own_pictures(
    contributor: FlaskClient, own_id: str, make: Maker, database: Database
) -> None:
    own = make(owner=own_id)
    assert "data-describe" in contributor.get(f"/gallery/{own.id}").text
    edited = {"description": "mine", "updated_at": own.revision}
    assert call(contributor, "PATCH", f"/api/v1/pictures/{own.id}", edited).status_code == 200
    assert post(contributor, f"/gallery/{own.id}/delete").status_code == 303
    assert own.id in contributor.get("/trash/").text
    assert post(contributor, f"/gallery/{own.id}/restore").status_code == 303
    assert found(database, in_state("live")) == {own.id}


def test_a_contributor_leaves_other_peoples_pictures_alone(
    contributor: FlaskClient, make: Maker, database: Database
) -> None:
    live, trashed, waiting = (make(owner=OTHER, state=state) for state in ("live", "trash", "duplicate"))
    page = contributor.get(f"/gallery/{live.id}").text
    assert "data-describe" not in page
    assert "data-delete" not in page
    before = list(database.gallery.find({}))
    edited = {"description": "mine", "updated_at": live.revision}
    answers = [
        contributor.get(f"/gallery/{live.id}/edit"),
        post(contributor, f"/gallery/{live.id}/edit", **edited),
        call(contributor, "PATCH", f"/api/v1/pictures/{live.id}", edited),
        post(contributor, f"/gallery/{live.id}/delete"),
        call(contributor, "DELETE", f"/api/v1/pictures/{live.id}"),
        post(contributor, f"/gallery/{trashed.id}/restore"),
        call(contributor, "POST", f"/api/v1/pictures/{trashed.id}/restore"),
        post(contributor, f"/gallery/{waiting.id}/keep"),
        call(contributor, "POST", f"/api/v1/pictures/{waiting.id}/skip"),
        contributor.get(f"/gallery/{trashed.id}/download"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5 + [404] * 5
    assert trashed.id not in contributor.get("/trash/").text
    for action in ("trash", "tag", "untag"):
        post(contributor, "/selection/", id=live.id, action=action, tags="sea")
        assert "or somebody else added" in contributor.get("/gallery/").text
    assert list(database.gallery.find({})) == before
    assert post(contributor, "/trash/empty", confirm="yes").status_code == 403


def test_a_batch_is_taken_back_as_far_as_one_may(
    owner: FlaskClient, contributor: FlaskClient, own_id: str, make: Maker, database: Database
) -> None:
    own, theirs = make(owner=own_id), make(owner=OTHER)
    owner.post(
        "/selection/",
        data={"id": [own.id, theirs.id], "action": "trash", "csrf_token": post_token(owner)},
    )
    document = database.gallery.find_one({"state": "trash"})
    assert document
    post(contributor, f"/selection/{document['batch']}/restore")
    assert found(database, in_state("live")) == {own.id}


def post_token(client: FlaskClient) -> str:
    from tests.gallery.conftest import token

    return token(client)


@pytest.mark.parametrize("role", ["contributor", "editor"])
@pytest.mark.parametrize("choice", ["keep", "skip"])
def test_an_upload_that_waits_is_decided_by_who_added_it_or_an_owner(
    people: dict[str, FlaskClient], make: Maker, database: Database, role: str, choice: str
) -> None:
    somebody, owner = people[role], people["owner"]
    account = database.users.find_one({"role": role})
    assert account
    theirs, own = make(state="duplicate", owner=OTHER), make(state="duplicate", owner=str(account["_id"]))
    for path in (f"/gallery/{theirs.id}/{choice}", f"/api/v1/pictures/{theirs.id}/{choice}"):
        refused = call(somebody, "POST", path) if "api" in path else post(somebody, path)
        assert refused.status_code == 404
        assert "No upload of yours waits here any more" in refused.text
    assert found(database, in_state("duplicate")) == {theirs.id, own.id}
    assert call(somebody, "POST", f"/api/v1/pictures/{own.id}/{choice}").status_code == 200
    assert call(owner, "POST", f"/api/v1/pictures/{theirs.id}/{choice}").status_code == 200
