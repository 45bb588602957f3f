"""Whoever hides something is killed before each of their writes in turn: what is said to be hidden is closed soon."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from bson import ObjectId
from pymongo import WriteConcern
from pymongo.collection import Collection

from picturerail import mongod
from picturerail.database import Database, connect
from picturerail.database import database as database_of
from picturerail.gallery import follow_up, follow_up_worker
from picturerail.gallery.accounts import addresses, create_user, groups, tokens, users
from picturerail.gallery.accounts.sessions import start_session
from picturerail.gallery.actions import accounts, albums, bulk, people, pictures, shares, visibility
from picturerail.gallery.actions import groups as group_actions
from picturerail.gallery.actions import tokens as token_actions
from picturerail.gallery.actions.accounts import Proof
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.actions.shares import NewLink
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import lifecycle
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.policy import Operator
from picturerail.gallery.shares import store
from picturerail.settings import Settings
from picturerail.token_revocation import OPEN, SHARE, RevokedTokens, location_name
from tests.gallery.access.test_bytes import CLOSED, added, asked, sizes
from tests.gallery.conftest import PASSWORD, Maker
from tests.gallery.test_api import Script
from tests.service import Service, wait_until

WRITES = ("update_one", "update_many", "find_one_and_update", "delete_one", "delete_many", "bulk_write")
MAX_WRITES = 60  # of one action


class Killed(BaseException):
    """kill -9, as far as the code can see it: nothing of ours catches it."""


@dataclass
class Kills:
    """Kills whoever is about to make one more write than are `left`."""

    left: int = -1

    def watched(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left == -1:
                raise Killed
            return write(*given, **options)

        return watched


@pytest.fixture
def kills(monkeypatch: pytest.MonkeyPatch) -> Kills:
    """Nobody is killed yet; what follows a write is due at once, and done for good."""
    kills = Kills()
    for name in WRITES:
        monkeypatch.setattr(Collection, name, kills.watched(getattr(Collection, name)))
    monkeypatch.setattr(follow_up, "DELAY", 0 * follow_up.DELAY)
    monkeypatch.setattr(follow_up_worker, "UNDER_WAY", 0 * follow_up_worker.UNDER_WAY)
    return kills


@pytest.fixture
def at(database: Database, settings: Settings, cloud: CloudAccess) -> ActionContext:
    """Who may do everything; nothing is kept for long here, so nobody waits for the journal."""
    quick = database.with_options(write_concern=WriteConcern(w=1, j=False))
    return ActionContext(Operator(), quick, cloud, settings)


class Scene:
    """A picture in an album that is given to somebody and has a link, within another one, which a group was given."""

    def __init__(self, at: ActionContext, make: Maker) -> None:
        self.at, self.name = at, str(ObjectId())
        self.user = create_user(at.db, f"{self.name}@example.com", "viewer", PASSWORD)
        self.group = groups.add(at.db, f"group {self.name[-8:]}")
        groups.put(at.db, self.group, self.user)
        self.outer = albums.create(at, {"title": f"outer {self.name}"})
        self.inner = albums.create(at, {"title": f"inner {self.name}", "parent": self.outer.id})
        self.private = albums.create(at, {"title": f"private {self.name}", "visibility": "private"})
        self.picture, self.other = (make(delivery="authenticated", visibility="unlisted") for _ in range(2))
        albums.fill(at, self.inner.id, [self.picture.id])
        albums.grant(at, self.inner.id, self.user.email)
        albums.grant(at, self.outer.id, self.group.name)
        self.link = shares.create(at, NewLink(album=self.inner.id))
        token_actions.add(at, self.name, "write", None)
        token = tokens.named(at.db, self.name)
        self.token_link = store.add(
            at.db, {"owner": token.client.id, "picture": self.picture.id, "album": ""}
        )
        account = users.find_user(at.db, self.user.id)
        assert account
        start_session(at.db, account, days=1)
        self.session = str(at.db.sessions.distinct("_id", {"user": self.user.id})[0])
        self.batch = ""
        self.at_home = at.acting_as(users.person_of(account))
        self.as_person = addresses.terms_of(users.person_of(account)).name
        self.as_located = location_name(at.db)

    def find(self, collection: str, identity: object) -> dict[str, Any]:
        """A document as it is now; empty where there is none."""
        return self.at.db[collection].find_one({"_id": ObjectId(str(identity))}) or {}

    def opens(self, name: str, picture: Picture | None = None) -> bool:
        """Whether a token with this name opens the picture."""
        return not RevokedTokens(self.at.db).any_of([name], [(picture or self.picture).public_id])

    def shows(self, picture: Picture) -> bool:
        """Whether others than those who may change it see the picture, or what they were handed out opens it."""
        return self.find("gallery", picture.id)["shown"] != "private" or self.opens(OPEN, picture)

    @property
    def is_given(self) -> bool:
        """Whether what was shown to the person opens still."""
        return self.opens(self.as_person)

    @property
    def is_told(self) -> bool:
        """Whether files that were handed out with their location open still."""
        return self.opens(self.as_located)

    @property
    def is_linked(self) -> bool:
        """Whether what the link to the album has handed out opens still."""
        return self.opens(f"{SHARE}{self.link.id}")


@dataclass(frozen=True)
class Case:
    """What somebody does, how one knows that it is written down, and what is open as long as it does not follow."""

    act: Callable[[Scene], object]
    is_written: Callable[[Scene], bool]
    is_open: Callable[[Scene], bool]
    before: Callable[[Scene], object] = lambda _: None


def bring_to_light(on: Scene) -> None:
    """Delete an album that hides a picture, which is hidden still, and show that."""
    albums.fill(on.at, on.private.id, [on.other.id])
    on.batch = albums.delete(on.at, on.private.id)[1]
    visibility.set_pictures(on.at, [on.other.id], "unlisted")


def word_of(scene: Scene, collection: str, identity: str, field: str) -> Any:
    return scene.find(collection, identity).get(field)


CASES = {
    "a picture made private": Case(
        lambda on: visibility.set_pictures(on.at, [on.picture.id], "private"),
        lambda on: word_of(on, "gallery", on.picture.id, "visibility") == "private",
        lambda on: on.shows(on.picture),
    ),
    "an album made private": Case(
        lambda on: albums.change(on.at, on.outer.id, {"visibility": "private"}),
        lambda on: word_of(on, "albums", on.outer.id, "visibility") == "private",
        lambda on: on.shows(on.picture),
    ),
    "an album put into a private one": Case(
        lambda on: albums.change(on.at, on.inner.id, {"parent": on.private.id}),
        lambda on: word_of(on, "albums", on.inner.id, "parent") == ObjectId(on.private.id),
        lambda on: on.shows(on.picture) or on.is_given,
    ),
    "hung in a private album": Case(
        lambda on: albums.fill(on.at, on.private.id, [on.other.id]),
        lambda on: ObjectId(on.private.id) in (word_of(on, "gallery", on.other.id, "albums") or ()),
        lambda on: on.shows(on.other),
    ),
    "taken out of an album": Case(
        lambda on: albums.fill(on.at, on.inner.id, (), [on.picture.id]),
        lambda on: not word_of(on, "gallery", on.picture.id, "albums"),
        lambda on: on.is_given or on.is_linked,
    ),
    "an album deleted": Case(
        lambda on: albums.delete(on.at, on.outer.id),
        lambda on: word_of(on, "albums", on.outer.id, "state") == "deleted",
        lambda on: on.is_given or on.is_linked or word_of(on, "albums", on.inner.id, "state") == "live",
    ),
    "a private album brought back": Case(
        lambda on: albums.restore(on.at, on.batch),
        lambda on: word_of(on, "albums", on.private.id, "state") == "live",
        lambda on: on.shows(on.other),
        before=bring_to_light,
    ),
    "an album given no more": Case(
        lambda on: albums.revoke(on.at, on.inner.id, on.user.email),
        lambda on: not word_of(on, "albums", on.inner.id, "viewers"),
        lambda on: on.is_given,
    ),
    "a location hidden": Case(
        lambda on: pictures.adjust(on.at, on.picture.id, None, {"location": "hidden"}),
        lambda on: word_of(on, "gallery", on.picture.id, "location") == "hidden",
        lambda on: on.is_told,
    ),
    "locations hidden": Case(
        lambda on: bulk.set_location(on.at, [on.picture.id, on.other.id], "hidden"),
        lambda on: word_of(on, "gallery", on.picture.id, "location") == "hidden",
        lambda on: on.is_told,
    ),
    "the location of an album hidden": Case(
        lambda on: albums.change(on.at, on.outer.id, {"location": "hidden"}),
        lambda on: word_of(on, "albums", on.outer.id, "location") == "hidden",
        lambda on: on.is_told,
    ),
    "a picture in the trash": Case(
        lambda on: pictures.trash(on.at, on.picture.id),
        lambda on: word_of(on, "gallery", on.picture.id, "state") == "trash",
        lambda on: on.is_linked or on.opens(OPEN),
    ),
    "pictures in the trash": Case(
        lambda on: bulk.trash(on.at, [on.picture.id, on.other.id]),
        lambda on: word_of(on, "gallery", on.picture.id, "state") == "trash",
        lambda on: on.is_linked or on.opens(OPEN),
    ),
    "a link ended": Case(
        lambda on: shares.revoke(on.at, on.link.id),
        lambda on: not on.find("shares", on.link.id),
        lambda on: on.is_linked,
    ),
    "a token removed": Case(
        lambda on: token_actions.remove(on.at, on.name),
        lambda on: on.at.db.tokens.find_one({"name": on.name}) is None,
        lambda on: on.opens(f"{SHARE}{on.token_link.id}"),
    ),
    "another role": Case(
        lambda on: people.set_role(on.at, on.user, "contributor"),
        lambda on: word_of(on, "users", str(on.user.id), "role") == "contributor",
        lambda on: on.is_given,
    ),
    "an account disabled": Case(
        lambda on: people.set_disabled(on.at, on.user, disabled=True),
        lambda on: bool(word_of(on, "users", str(on.user.id), "disabled")),
        lambda on: on.is_given,
    ),
    "an account removed": Case(
        lambda on: people.remove(on.at, on.user, people.KEEP),
        lambda on: bool(on.find("users", on.user.id).get("disabled", True)),
        lambda on: on.is_given,
    ),
    "a password set anew": Case(
        lambda on: people.give_password(on.at, on.user, "another correct horse"),
        lambda on: bool(word_of(on, "users", str(on.user.id), "generation") != on.user.generation),
        lambda on: on.is_given,
    ),
    "one's own password changed": Case(
        lambda on: accounts.change_password(on.at_home, on.user, Proof(PASSWORD), "another correct horse"),
        lambda on: bool(word_of(on, "users", str(on.user.id), "generation") != on.user.generation),
        lambda on: on.is_given,
    ),
    "one browser signed out": Case(
        lambda on: accounts.end_session(on.at_home, on.user, on.session),
        lambda on: on.at.db.sessions.find_one({"_id": on.session}) is None,
        lambda on: on.is_given,
    ),
    "other browsers signed out": Case(
        lambda on: accounts.end_other_sessions(on.at_home, on.user, "of this one"),
        lambda on: on.at.db.sessions.find_one({"user": on.user.id}) is None,
        lambda on: on.is_given,
    ),
    "out of a group": Case(
        lambda on: group_actions.take(on.at, on.group, on.user.email),
        lambda on: not word_of(on, "users", str(on.user.id), "groups"),
        lambda on: on.is_given,
    ),
    "a group removed": Case(
        lambda on: group_actions.remove(on.at, on.group),
        lambda on: not on.find("groups", on.group.id),
        lambda on: on.is_given,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_hidden_is_closed_whoever_was_killed(
    at: ActionContext, make: Maker, kills: Kills, name: str
) -> None:
    case, database = CASES[name], at.db
    left_open = []
    for writes in range(MAX_WRITES):
        scene = Scene(at, make)
        case.before(scene)
        assert case.is_open(scene)
        kills.left = writes
        try:
            case.act(scene)
        except Killed:
            was_open = case.is_written(scene) and case.is_open(scene)
            left_open += [writes] if was_open else []
            while follow_up_worker.worker(database, at.settings).step():
                pass
            assert not (case.is_written(scene) and case.is_open(scene)), f"killed before write {writes}"
        else:
            break
        finally:
            kills.left = -1
    assert case.is_written(scene)
    assert not case.is_open(scene)
    assert database["jobs"].count_documents({"kind": follow_up.KIND}) == 0
    assert left_open  # else nothing is tried here


def test_the_program_goes_on_where_somebody_was_killed(script: Script, service: Service) -> None:
    picture = added(script)
    known = [*sizes(script, picture), picture["url"].removeprefix(service.url)]
    assert {asked(service, each).status for each in known} == {200}
    with connect(mongod.uri(service.data)) as client, pytest.raises(Killed):
        break_off(database_of(client), picture["id"])
    wait_until(lambda: {asked(service, each).status for each in known} <= CLOSED)


def break_off(db: Database, picture_id: str) -> None:
    with follow_up.noted(db, follow_up.FollowUp(pictures=[picture_id])):
        lifecycle.set_visibility(db, PictureFilter({}), [picture_id], "private")
        raise Killed
