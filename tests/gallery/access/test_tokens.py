"""Tokens for scripts: what each scope may, how they end, and that no page takes them."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import BadRequest
from picturerail.gallery.accounts import tokens
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.settings import Settings
from tests.gallery.conftest import Maker
from tests.service import Service

Script = Any


@pytest.fixture
def script(app: Flask, database: Database) -> Script:
    """Calls the API with a token of that scope."""

    def call(scope: str, method: str, path: str, **kwargs: Any) -> Any:
        database.tokens.delete_many({"name": scope})
        made = tokens.add_token(database, scope, scope)
        return app.test_client().open(
            path, method=method, headers={"Authorization": f"Bearer {made}"}, **kwargs
        )

    return call


def test_a_scope_is_all_that_a_token_may(script: Script, make: Maker) -> None:
    picture = make(description="before")
    path = f"/api/v1/pictures/{picture.id}"
    change = {"description": "after", "updated_at": picture.revision}
    assert script("read", "GET", "/api/v1/pictures").json["pictures"][0]["id"] == picture.id
    refused = script("read", "PATCH", path, json=change)
    assert refused.status_code == 403
    assert "This token may read" in refused.text
    assert "this needs one that may write" in refused.text
    assert script("read", "POST", f"{path}/marks", json={"stars": "5"}).status_code == 403
    assert "this needs one that may admin" in script("write", "GET", "/api/v1/groups").text
    changed = script("write", "PATCH", path, json=change)
    assert changed.status_code == 200
    assert (
        changed.headers["Cache-Control"] == "private, no-cache"
        or "no-store" in changed.headers["Cache-Control"]
    )
    assert script("write", "DELETE", path).status_code == 200
    assert script("admin", "POST", f"{path}/restore").status_code == 200


def test_unknown_and_ended_tokens_are_refused(app: Flask, client: FlaskClient, database: Database) -> None:
    made = tokens.add_token(database, "script", "read", days=1)
    headers = {"Authorization": f"Bearer {made}"}
    assert client.get("/api/v1/pictures", headers=headers).status_code == 200
    database.tokens.update_one({"name": "script"}, {"$set": {"expires_at": now() - timedelta(seconds=1)}})
    refused = client.get("/api/v1/pictures", headers=headers)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    for value in ("Bearer ", "Bearer wrong", f"Basic {made}", made, "Bearer " + "x" * 5000):
        assert client.get("/api/v1/pictures", headers={"Authorization": value}).status_code == 401
    assert made not in str(list(database.tokens.find()))
    with pytest.raises(BadRequest, match="on one line"):
        tokens.add_token(database, "two\nlines", "read")


def test_a_token_opens_no_page_and_outranks_no_cookie(
    client: FlaskClient, owner: FlaskClient, database: Database
) -> None:
    headers = {"Authorization": f"Bearer {tokens.add_token(database, 'admin', 'admin')}"}
    assert client.get("/trash/", headers=headers).status_code == 303
    assert client.post("/trash/empty", headers=headers).status_code in (401, 403)
    weak = {"Authorization": f"Bearer {tokens.add_token(database, 'weak', 'read')}"}
    assert owner.delete("/api/v1/pictures/" + "0" * 24, headers=weak).status_code == 403


def test_a_cookie_alone_still_needs_the_form_token(owner: FlaskClient, make: Maker) -> None:
    assert owner.delete(f"/api/v1/pictures/{make().id}").status_code == 403


def test_calls_are_limited(settings: Settings, cloud: CloudAccess, database: Database) -> None:
    from dataclasses import replace

    client = create_app(replace(settings, token_calls_per_minute=3), cloud).test_client()
    headers = {"Authorization": f"Bearer {tokens.add_token(database, 'busy', 'read')}"}
    answers = [client.get("/api/v1/pictures", headers=headers) for _ in range(5)]
    assert 429 in [answer.status_code for answer in answers]
    assert answers[-1].headers["Retry-After"]


def test_by_command(service: Service) -> None:
    made = service.run("token", "add", "backup script", "--scope", "read").splitlines()[-1]
    assert made.startswith("prt_")
    listed = service.run("token", "list")
    assert "backup script" in listed
    assert made not in listed
    service.run("token", "remove", "backup script")
    assert "backup script" not in service.run("token", "list")


def test_the_command_makes_keys_for_sdks_and_shuts_them(service: Service) -> None:
    """Nobody sees a secret again, but whoever made the key."""
    made = service.run("key", "add", "the shop", "--role", "upload").splitlines()[-1]
    assert made.startswith("CLOUDINARY_URL=cloudinary://")
    pair, _, rest = made.removeprefix("CLOUDINARY_URL=cloudinary://").partition("@")
    key, secret = pair.split(":")
    assert rest == service.run("credentials").strip().rpartition("@")[2]
    listed = service.run("key", "list")
    assert f"upload {key}  the shop  since " in listed
    assert secret not in listed
    service.run("key", "disable", "the shop")
    assert "disabled" in service.run("key", "list")
    service.run("key", "enable", "the shop")
    service.run("key", "remove", "the shop")
    assert "the shop" not in service.run("key", "list")
