"""Links that a script has made end with its token, unless they are kept; what they handed out ends, too."""

import json
import urllib.request
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from bson import ObjectId
from flask import Flask
from flask.testing import FlaskClient

from picturerail.clock import now
from picturerail.database import Database
from picturerail.gallery.accounts import tokens
from picturerail.gallery.actions import tokens as actions
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.policy import Operator
from picturerail.gallery.shares import store
from picturerail.settings import Settings
from tests.gallery.browser import Browser
from tests.gallery.conftest import Maker, opened, post
from tests.service import Service

SHUT = "It opens nothing: the account or token that made it is removed or disabled."


@pytest.fixture
def at(database: Database, cloud: CloudAccess, settings: Settings) -> ActionContext:
    return ActionContext(Operator(), database, cloud, settings, "shell")


def link_of(app: Flask, database: Database, make: Maker, scope: str = "write") -> dict[str, Any]:
    """A link to a private picture, made by a token called `script`."""
    headers = {"Authorization": f"Bearer {tokens.add_token(database, 'script', scope)}"}
    body = {"picture": make(visibility="private", description="a lock").id}
    answer = app.test_client().post("/api/v1/shares", json=body, headers=headers)
    assert answer.status_code == 201
    told = answer.get_json()["share"]
    return {**told, "path": "/s/" + told["url"].partition("/s/")[2]}


def test_a_removed_token_ends_its_links(
    app: Flask, client: FlaskClient, owner: FlaskClient, make: Maker, at: ActionContext
) -> None:
    link = link_of(app, at.db, make)
    assert "a lock" in client.get(link["path"]).text
    assert SHUT not in opened(owner, "/shares/").words
    assert actions.remove(at, "script") == 1
    assert client.get(link["path"]).status_code == 404
    assert SHUT in opened(owner, "/shares/").words
    assert at.db.revoked_tokens.find_one({"_id": f"/share/{link['id']}"})
    assert post(owner, f"/shares/{link['id']}/revoke").status_code == 303


def test_its_links_can_be_kept(
    app: Flask, client: FlaskClient, owner: FlaskClient, make: Maker, at: ActionContext
) -> None:
    link = link_of(app, at.db, make)
    assert actions.remove(at, "script", links=actions.KEEP) == 1
    assert "a lock" in client.get(link["path"]).text
    assert SHUT not in opened(owner, "/shares/").words
    assert at.db.revoked_tokens.count_documents({}) == 0
    assert post(owner, f"/shares/{link['id']}/revoke").status_code == 303
    assert client.get(link["path"]).status_code == 404


def test_a_token_whose_time_is_over_leaves_its_links(
    app: Flask, client: FlaskClient, database: Database, make: Maker
) -> None:
    link = link_of(app, database, make)
    database.tokens.update_many({}, {"$set": {"expires_at": now() - timedelta(seconds=1)}})
    assert "a lock" in client.get(link["path"]).text


def test_links_of_accounts_say_so_as_well(database: Database) -> None:
    there, disabled, removed = ({"_id": ObjectId(), "email": f"{name}@example.com"} for name in "abc")
    database.users.insert_many([there, {**disabled, "disabled": True}])
    ids = [str(each["_id"]) for each in (there, disabled, removed)]
    assert store.gone(database, [*ids, "operator", f"token:{ObjectId(ids[0])}"]) == {
        *ids[1:],
        f"token:{ids[0]}",
    }


def test_the_command_says_what_becomes_of_them(service: Service) -> None:
    for links, sentence, status in (
        ("end", "'links' does not work any more. Its share links (1) ended with it.", 404),
        ("keep", "'links' does not work any more. Its share links (1) stay, as the site's own.", 200),
    ):
        made = service.run("token", "add", "links", "--scope", "write").splitlines()[-1]
        headers = {"Authorization": f"Bearer {made}", "Content-Type": "application/json"}
        asked = urllib.request.Request(f"{service.url}/api/v1/shares", b'{"q": "quartz"}', headers)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            path = urlsplit(json.loads(answer.read())["share"]["url"]).path
        assert ", 1 share link\n" in service.run("token", "list")
        assert service.run("token", "remove", "links", "--links", links).strip() == sentence
        assert Browser(service.url).get(path).status == status
