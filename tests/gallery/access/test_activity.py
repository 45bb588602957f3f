"""The activity log: each action tells of itself once, nothing secret stands in it, and owners alone read it."""

import ast
import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from flask.testing import FlaskClient

from picturerail.clock import now
from picturerail.database import Database
from picturerail.gallery import actions as actions_room
from picturerail.gallery.accounts import tokens, users
from picturerail.gallery.activity import store
from picturerail.gallery.activity.export import as_csv
from picturerail.gallery.activity.model import KINDS, Deed
from picturerail.gallery.spreadsheet import BEGIN
from tests.gallery.access.test_people import LINK
from tests.gallery.conftest import PASSWORD, Maker, call, opened, post, signed_in

ACTIONS = Path(actions_room.__file__).parent
# What is public there and changes nothing that others see: it reads, or (a mark) is for one person alone.
SILENT = {
    "accounts.check_open",
    "completion.complete",  # of the program itself, behind somebody who was killed
    "accounts.prove",
    "shares.called",
    "shares.maker_of",
    "visibility.follow_bytes",  # of others
    "choices.save",
    "downloads.blocks",
    "downloads.handed_out",
    "downloads.is_untouched",
    "downloads.tells_new",
    "downloads.untouched",
    "downloads.original",
    "downloads.without_metadata",
    "albums.editable",
    "albums.fillable",
    "files.former",
    "groups.find",
    "lookalikes.page",
    "people.find",
    "pictures.editable",
    "pictures.kept_focus",
    "pictures.mark",
    "shares.opened",
    "stacks.seen",
    "transfers.every",
    "transfers.find",
    "transfers.look_later",  # of the program itself: nobody asks for it
    "transfers.folder_of",
    "transfers.inner_path",
    "transfers.check_loadable",
    "transfers.loadable",
    "transfers.opened_import",
    "transfers.report_of",
    "transfers.stop_all",  # of those who sign somebody out, which is told
    "transfers.sweep",  # of what is forgotten
    "uploads.permit",
    "visibility.settle_album",
    "visibility.settle_bytes",
    "visibility.settle_pictures",
}


def deeds(database: Database) -> list[str]:
    return [each["deed"] for each in database.activity.find().sort("_id", 1)]


def calls(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_every_action_tells_of_itself() -> None:
    functions = {
        f"{path.stem}.{node.name}": set(calls(node))
        for path in ACTIONS.glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }

    def tells(name: str, seen: frozenset[str] = frozenset()) -> bool:
        room = name.partition(".")[0]
        inner = functions.get(name, set())
        if any(each.endswith((".record", ".record_pictures")) for each in inner):
            return True
        near = {each if "." in each else f"{room}.{each}" for each in inner}
        return any(tells(each, seen | {name}) for each in near - seen if each in functions)

    public = {name for name in functions if not name.partition(".")[2].startswith("_")}
    assert {name for name in public if not tells(name)} == SILENT


def test_what_is_done_on_pages_and_by_calls_stands_in_it(
    owner: FlaskClient, database: Database, make: Maker
) -> None:
    picture, other = make(description="A boat at dawn"), make()
    post(owner, f"/gallery/{picture.id}/delete")
    call(owner, "POST", f"/api/v1/pictures/{picture.id}/restore")
    post(owner, f"/gallery/{picture.id}/visibility", visibility="unlisted")
    album = call(owner, "POST", "/api/v1/albums", {"title": "Sea"}).json["album"]
    call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": [picture.id, other.id]})
    call(owner, "POST", "/api/v1/shares", {"album": album["id"], "name": "For Ada"})
    share = call(owner, "POST", "/api/v1/shares", {"picture": picture.id}).json["share"]
    post(owner, "/site/", name="Ours", words="Look.")
    assert deeds(database)[-8:] == [
        "picture.trash",
        "picture.restore",
        "picture.visibility",
        "album.add",
        "album.fill",
        *("share.add", "share.add"),
        "site.name",
    ]
    assert database.activity.find({"deed": "share.add"}).distinct("about") == ["A boat at dawn", "For Ada"]
    line: Any = database.activity.find_one({"deed": "picture.trash"})
    me = next(users.list_users(database))
    assert (line["who"], line["name"], line["address"]) == (str(me.id), me.email, "127.0.0.1")
    assert (line["things"], line["number"], line["about"]) == ([picture.id], 1, "A boat at dawn")
    filled: Any = database.activity.find_one({"deed": "album.fill"})
    assert (filled["number"], filled["about"]) == (2, "Sea")
    call(owner, "DELETE", f"/api/v1/shares/{share['id']}")
    post(owner, "/selection/", id=other.id, action="trash")
    page = opened(owner, "/activity/").words
    for words in (
        "who sees A boat at dawn: unlisted",
        f"the trash {other.title}",
        "ended the link to A boat at dawn",
    ):
        assert words in page
    page = opened(owner, "/activity/").text
    for words in ("moved to the trash", "A boat at dawn", "2 pictures", "For Ada", me.email, "127.0.0.1"):
        assert words in page


def test_what_is_refused_or_changes_nothing_is_not_told(
    people: dict[str, FlaskClient], database: Database, make: Maker
) -> None:
    picture = make()
    database.activity.delete_many({})
    post(people["viewer"], f"/gallery/{picture.id}/delete")
    post(people["editor"], "/gallery/" + "0" * 24 + "/delete")
    call(people["editor"], "POST", f"/api/v1/pictures/{picture.id}/marks", {"stars": "4"})
    assert deeds(database) == []


def test_no_secret_stands_in_it(app: Any, owner: FlaskClient, database: Database, make: Maker) -> None:
    secrets = [PASSWORD, "a brand new password", "the links own word", "typed in the wrong field"]
    invitation = LINK.search(post(owner, "/people/invite", email="ada@example.com", role="editor").text)
    assert invitation
    ada = app.test_client()
    post(ada, invitation[1], password=PASSWORD)
    user = users.user_of(database, "ada@example.com")
    reset = LINK.search(post(owner, f"/people/{user.id}/reset").text)
    assert reset
    post(app.test_client(), reset[1], password=secrets[1])
    for email, password in (("ada@example.com", secrets[3]), (secrets[3], PASSWORD)):
        post(app.test_client(), "/sign-in", email=email, password=password)
    share = call(owner, "POST", "/api/v1/shares", {"picture": make().id, "password": secrets[2]})
    url = share.json["share"]["url"]
    post(app.test_client(), "/s/" + url.rpartition("/")[2], password="x" * 9)
    told = str(list(database.activity.find()))
    assert {"account.invite", "account.join", "account.reset", "account.refuse", "share.add"} <= set(
        deeds(database)
    )
    for secret in (
        *secrets,
        invitation[1].rpartition("/")[2],
        reset[1].rpartition("/")[2],
        url.rpartition("/")[2],
    ):
        assert secret not in told
    for hashed in (each.password for each in users.list_users(database)):
        assert hashed not in told


def log_of(database: Database, number: int) -> None:
    for each in range(number):
        store.add(database, "operator", "shell", "shell", Deed.ADD_TOKEN, (), 0, f"line {each}")


def test_a_page_goes_on_by_key_and_loses_and_doubles_none(owner: FlaskClient, database: Database) -> None:
    database.activity.delete_many({})
    log_of(database, 205)
    seen: list[str] = []
    path = "/activity/?who=operator&kind=token"
    while path:
        text = opened(owner, path).text
        seen += [part.partition("<")[0] for part in text.split("<bdi>line ")[1:]]
        found = text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        path = found
        log_of(database, 1 if found else 0)  # what comes meanwhile moves nothing
    assert seen == [str(each) for each in reversed(range(205))]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3),
        ("kind=token", 2),
        ("kind=site", 0),
        ("who=operator", 2),
        ("since=2026-05-02", 2),
        ("until=2026-05-02", 2),
        ("since=2026-05-02&until=2026-05-02", 1),
        ("since=2030-01-01", 0),
    ],
)
def test_lines_are_found_by_person_kind_and_day(
    owner: FlaskClient, database: Database, query: str, found: int
) -> None:
    database.activity.delete_many({})
    for day, deed, who in (
        (1, "token.add", "operator"),
        (2, "token.add", "operator"),
        (3, "share.add", "ada"),
    ):
        moment = now().replace(year=2026, month=5, day=day, hour=23)
        line = {
            "_id": ObjectId.from_datetime(moment),
            "at": moment,
            "who": who,
            "name": who,
            "address": "",
            "deed": deed,
        }
        line |= {"kind": deed.partition(".")[0], "things": [], "number": 0, "about": ""}
        database.activity.insert_one(line)
    assert len(call(owner, "GET", f"/api/v1/activity?{query}").json["activity"]) == found
    assert len(owner.get(f"/activity/export?format=jsonl&{query}").text.splitlines()) == found


@pytest.mark.parametrize(
    "query", ["kind=strange", "since=yesterday", "until=2026-13-01", "after=x", "format=xml"]
)
def test_what_cannot_be_asked_for_is_said(owner: FlaskClient, query: str) -> None:
    refused = owner.get(f"/activity/export?{query}" if "after" not in query else f"/activity/?{query}")
    assert refused.status_code == 400


def test_exports_are_whole_and_harmless_to_spreadsheets(owner: FlaskClient, database: Database) -> None:
    database.activity.delete_many({})
    store.add(
        database, "operator", "shell", "shell", Deed.ADD_ALBUM, ["a", "b"], 2, '=HYPERLINK("http://evil")'
    )
    answer = owner.get("/activity/export?format=csv")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=activity-")
    assert answer.text.startswith(BEGIN)
    [row] = csv.DictReader(io.StringIO(answer.text.removeprefix(BEGIN)))
    assert row["things"] == "a b"
    assert row["about"] == '\'=HYPERLINK("http://evil")'
    [line] = map(json.loads, owner.get("/activity/export?format=jsonl").text.splitlines())
    assert line["about"] == '=HYPERLINK("http://evil")'
    assert list(line) == list(row)
    assert len(list(as_csv(store.every(database, store.ActivityFilter())))) == 2


def test_scripts_that_may_all_read_it(client: FlaskClient, database: Database) -> None:
    for scope, status in (("read", 403), ("write", 403), ("admin", 200)):
        headers = {"Authorization": f"Bearer {tokens.add_token(database, scope, scope)}"}
        assert client.get("/api/v1/activity", headers=headers).status_code == status


def test_it_is_kept_for_some_days(database: Database) -> None:
    log_of(database, 1)
    old = ObjectId.from_datetime(now() - timedelta(days=8))
    database.activity.insert_one({"_id": old, "who": "operator"})
    assert store.forget(database, 7) == 1
    assert [each["about"] for each in database.activity.find()] == ["line 0"]


def test_each_deed_has_a_name_and_a_kind_of_its_own() -> None:
    codes = [deed.code for deed in Deed]
    assert len(set(codes)) == len(codes)
    assert {code.partition(".")[0] for code in codes} == set(KINDS)


def test_an_account_that_is_gone_is_still_named(app: Any, owner: FlaskClient, database: Database) -> None:
    editor = signed_in(app, database, "editor")
    post(editor, "/albums/new", title="Hers")
    who = next(each for each in users.list_users(database) if each.role == "editor")
    post(owner, f"/people/{who.id}/remove", pictures="keep")
    line: Any = database.activity.find_one({"deed": "album.add"})
    assert line["name"] == who.email
    shown = opened(owner, f"/activity/?who={who.id}").text
    assert f'<option value="{who.id}" selected>{who.email} (removed)</option>' in shown
    assert shown.count("(removed)") == 1
