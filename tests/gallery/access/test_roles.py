"""Who may do what on every route, and requests that somebody else's page forged."""

import json
from functools import reduce
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from picturerail.database import Database
from tests.gallery.conftest import PASSWORD, ROLES, Maker, snapshot, token

ID = "5f0f0f0f0f0f0f0f0f0f0f0f"
BATCH = "0a1b2c3d4e5f6071"
GROUP = "9f0f0f0f0f0f0f0f0f0f0f0f"
STACK = "af0f0f0f0f0f0f0f0f0f0f0f"
VERSION = "1b1b1b1b1b1b1b1b"
ALBUM = "7f0f0f0f0f0f0f0f0f0f0f0f"
SHARE = "8f0f0f0f0f0f0f0f0f0f0f0f"
TRANSFER = "4f0f0f0f0f0f0f0f0f0f0f0f"
USER = "6f0f0f0f0f0f0f0f0f0f0f0f"

# Each route and method: the least role that may use it, for pictures that somebody else added.
ROUTES: dict[tuple[str, str], str] = {
    ("GET", "/"): "visitor",
    ("GET", "/gallery/"): "visitor",
    ("GET", f"/gallery/{ID}"): "visitor",
    ("GET", f"/gallery/{ID}/download"): "visitor",
    ("GET", f"/gallery/{ID}/file"): "visitor",
    ("GET", "/gallery/feed.atom"): "visitor",
    ("GET", "/albums/<slug>/feed.atom"): "visitor",
    ("GET", "/oembed"): "visitor",
    ("GET", "/sign-in"): "visitor",
    ("POST", "/sign-in"): "visitor",
    ("POST", "/sign-out"): "visitor",
    ("GET", "/setup/abc"): "visitor",
    ("POST", "/setup/abc"): "visitor",
    ("GET", "/healthz"): "visitor",
    ("GET", "/readyz"): "visitor",
    ("GET", "/metrics"): "visitor",
    ("GET", "/api/v1/openapi.json"): "visitor",
    ("GET", "/api/v1/session"): "visitor",
    ("GET", "/api/v1/pictures"): "visitor",
    ("GET", f"/api/v1/pictures/{ID}"): "visitor",
    ("GET", "/join/abc"): "visitor",
    ("POST", "/join/abc"): "visitor",
    ("GET", "/reset/abc"): "visitor",
    ("POST", "/reset/abc"): "visitor",
    ("GET", "/people/"): "owner",
    ("GET", "/docs/"): "owner",
    ("GET", "/docs/start"): "owner",
    ("POST", "/people/invite"): "owner",
    **{
        ("POST", f"/people/{USER}/{change}"): "owner"
        for change in ("role", "disable", "enable", "sign-out", "reset", "remove")
    },
    ("GET", "/people/groups/"): "owner",
    ("POST", "/people/groups/"): "owner",
    **{
        ("POST", f"/people/groups/{GROUP}/{change}"): "owner"
        for change in ("rename", "put", "take", "remove")
    },
    ("GET", "/api/v1/groups"): "owner",
    ("POST", "/api/v1/groups"): "owner",
    ("PATCH", f"/api/v1/groups/{GROUP}"): "owner",
    ("DELETE", f"/api/v1/groups/{GROUP}"): "owner",
    ("GET", f"/api/v1/albums/{ALBUM}/viewers"): "editor",
    ("POST", f"/api/v1/albums/{ALBUM}/viewers"): "editor",
    ("GET", "/transfers/"): "contributor",
    ("POST", "/transfers/export"): "contributor",
    ("POST", "/transfers/import"): "owner",
    ("POST", f"/transfers/{TRANSFER}/stop"): "contributor",
    ("GET", f"/transfers/{TRANSFER}/1.zip"): "contributor",
    ("GET", f"/transfers/{TRANSFER}/report"): "owner",
    ("GET", "/activity/"): "owner",
    ("GET", "/activity/export"): "owner",
    ("GET", "/api/v1/activity"): "owner",
    ("POST", "/account/sessions/end"): "viewer",
    ("GET", "/timeline/"): "visitor",
    ("GET", "/favourites/"): "viewer",
    ("GET", "/review/"): "contributor",
    ("GET", "/lookalikes/"): "contributor",
    ("POST", f"/lookalikes/{GROUP}"): "contributor",
    ("GET", "/api/v1/lookalikes"): "contributor",
    ("POST", f"/api/v1/lookalikes/{GROUP}"): "contributor",
    ("POST", f"/stacks/{STACK}"): "contributor",
    ("POST", "/api/v1/stacks"): "contributor",
    ("GET", f"/api/v1/stacks/{STACK}"): "visitor",
    ("PATCH", f"/api/v1/stacks/{STACK}"): "contributor",
    ("DELETE", f"/api/v1/stacks/{STACK}"): "contributor",
    ("POST", f"/api/v1/stacks/changes/{BATCH}/undo"): "contributor",
    ("POST", f"/gallery/{ID}/mark"): "viewer",
    ("POST", f"/api/v1/pictures/{ID}/marks"): "viewer",
    ("GET", "/gallery/filters"): "visitor",
    ("GET", "/albums/"): "visitor",
    ("GET", "/albums/sea"): "visitor",
    ("GET", "/albums/sea/zip"): "contributor",
    ("GET", "/gallery/zip"): "contributor",
    ("GET", "/albums/new"): "contributor",
    ("POST", "/albums/new"): "contributor",
    ("GET", "/albums/sea/edit"): "editor",
    ("POST", "/albums/sea/edit"): "editor",
    ("GET", "/albums/sea/move"): "editor",
    ("POST", "/albums/sea/viewers"): "editor",
    ("POST", "/albums/sea/delete"): "editor",
    ("POST", f"/albums/restore/{BATCH}"): "contributor",
    ("POST", "/albums/selection"): "contributor",
    ("POST", f"/albums/changes/{BATCH}/undo"): "contributor",
    ("GET", "/api/v1/albums"): "visitor",
    ("POST", "/api/v1/albums"): "contributor",
    ("GET", f"/api/v1/albums/{ALBUM}"): "visitor",
    ("PATCH", f"/api/v1/albums/{ALBUM}"): "editor",
    ("DELETE", f"/api/v1/albums/{ALBUM}"): "editor",
    ("POST", f"/api/v1/albums/restore/{BATCH}"): "contributor",
    ("GET", f"/api/v1/albums/{ALBUM}/pictures"): "visitor",
    ("POST", f"/api/v1/albums/{ALBUM}/pictures"): "editor",
    ("POST", f"/api/v1/albums/changes/{BATCH}/undo"): "contributor",
    ("POST", f"/api/v1/albums/{ALBUM}/order"): "editor",
    ("POST", f"/gallery/{ID}/turn"): "editor",
    ("GET", f"/gallery/{ID}/editor"): "editor",
    ("POST", f"/gallery/{ID}/editor"): "editor",
    ("POST", f"/gallery/{ID}/editor/undo"): "editor",
    ("POST", f"/gallery/{ID}/editor/copy"): "editor",
    ("POST", f"/gallery/{ID}/replace"): "editor",
    ("POST", f"/gallery/{ID}/versions/{VERSION}/restore"): "editor",
    ("POST", f"/api/v1/pictures/{ID}/file"): "editor",
    ("GET", f"/api/v1/pictures/{ID}/versions"): "editor",
    ("POST", f"/api/v1/pictures/{ID}/versions/{VERSION}/restore"): "editor",
    ("POST", f"/selection/{BATCH}/undo"): "contributor",
    ("POST", f"/gallery/{ID}/visibility"): "editor",
    ("GET", "/shares/"): "contributor",
    ("POST", "/shares/"): "contributor",
    ("GET", "/shares/held"): "contributor",
    ("POST", "/shares/held"): "contributor",
    ("GET", f"/shares/{SHARE}/choices"): "contributor",
    ("GET", f"/shares/{SHARE}/choices/zip"): "contributor",
    ("POST", f"/shares/{SHARE}/choices/album"): "contributor",
    ("POST", f"/shares/{SHARE}/choices/reopen"): "contributor",
    ("GET", f"/shares/{SHARE}/code"): "contributor",
    ("POST", f"/shares/{SHARE}/revoke"): "contributor",
    ("GET", "/api/v1/shares"): "contributor",
    ("POST", "/api/v1/shares"): "contributor",
    ("DELETE", f"/api/v1/shares/{SHARE}"): "contributor",
    ("GET", "/s/abc"): "visitor",
    ("POST", "/s/abc"): "visitor",
    ("POST", f"/s/abc/{ID}/choice"): "visitor",
    ("POST", "/s/abc/done"): "visitor",
    ("POST", "/s/abc/add"): "visitor",
    ("GET", f"/s/abc/{ID}"): "visitor",
    ("GET", f"/s/abc/{ID}/download"): "visitor",
    ("GET", "/sign-in/code"): "visitor",
    ("POST", "/sign-in/code"): "visitor",
    ("POST", "/sign-in/passkey"): "visitor",
    ("GET", "/sign-in/provider"): "visitor",
    ("GET", "/sign-in/provider/callback"): "visitor",
    ("GET", "/sign-out/provider"): "visitor",
    ("POST", "/sign-out/provider"): "visitor",
    ("POST", "/account/provider"): "viewer",
    ("POST", "/account/provider/remove"): "viewer",
    ("POST", "/account/passkeys"): "viewer",
    ("POST", "/account/passkeys/remove"): "viewer",
    ("GET", "/account/second-step"): "viewer",
    ("POST", "/account/second-step"): "viewer",
    ("POST", "/account/second-step/off"): "viewer",
    ("GET", "/account"): "viewer",
    ("POST", "/account"): "viewer",
    ("GET", "/upload/"): "contributor",
    ("POST", "/upload/"): "contributor",
    ("POST", "/upload/duplicates"): "contributor",
    ("GET", f"/gallery/{ID}/edit"): "editor",
    ("POST", f"/gallery/{ID}/edit"): "editor",
    ("POST", f"/gallery/{ID}/delete"): "editor",
    ("POST", f"/gallery/{ID}/restore"): "editor",
    ("POST", f"/gallery/{ID}/keep"): "editor",
    ("POST", f"/gallery/{ID}/skip"): "editor",
    ("POST", "/selection/"): "contributor",
    ("POST", "/selection/zip"): "contributor",
    ("POST", f"/selection/{BATCH}/restore"): "contributor",
    ("GET", "/trash/"): "contributor",
    ("POST", "/trash/empty"): "owner",
    ("GET", "/site/"): "owner",
    ("POST", "/site/"): "owner",
    ("POST", "/api/v1/uploads/signature"): "contributor",
    ("POST", "/api/v1/pictures"): "contributor",
    ("PATCH", f"/api/v1/pictures/{ID}"): "editor",
    ("DELETE", f"/api/v1/pictures/{ID}"): "editor",
    ("POST", f"/api/v1/pictures/{ID}/restore"): "editor",
    ("POST", f"/api/v1/pictures/{ID}/keep"): "editor",
    ("POST", f"/api/v1/pictures/{ID}/skip"): "editor",
}
CHANGING = [route for route in ROUTES if route[0] != "GET"]


def test_the_table_names_every_route(app: Flask) -> None:
    names = {
        ID: "<picture_id>",
        USER: "<user_id>",
        SHARE: "<share_id>",
        ALBUM: "<album_id>",
        f"{TRANSFER}/1": "<transfer_id>/<int:number>",
        TRANSFER: "<transfer_id>",
        "albums/sea": "albums/<slug>",
        BATCH: "<batch>",
        VERSION: "<version_id>",
        GROUP: "<group_id>",
        STACK: "<stack_id>",
        "abc": "<token>",
        "docs/start": "docs/<path:name>",
    }
    known = {
        (method, reduce(lambda path, at: path.replace(at, names[at]), names, path)) for method, path in ROUTES
    }
    real = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
    assert real == known


@pytest.mark.parametrize(
    ("route", "least"),
    ROUTES.items(),
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_roles(
    people: dict[str, FlaskClient], make: Maker, database: Database, route: tuple[str, str], least: str
) -> None:
    method, path = route
    picture = make(state="live")
    path = path.replace(ID, picture.id)
    for role in ROLES[: ROLES.index(least)]:
        before = snapshot(database)
        refused = people[role].open(path, method=method, headers={"X-CSRFToken": token(people[role])})
        # A contributor may do so to other pictures: what such a request lacks may be said first.
        statuses = {"visitor": {303, 401}, "contributor": {400, 403, 404, 415}}.get(role, {403})
        assert refused.status_code in statuses, (role, refused.status_code)
        if refused.status_code == 303:
            assert refused.location == f"/sign-in?next={path}"
        assert snapshot(database) == before
    for role in ROLES[ROLES.index(least) :]:
        allowed = people[role].open(path, method=method, headers={"X-CSRFToken": token(people[role])})
        assert allowed.status_code not in {401, 403}, (role, allowed.text)
        assert allowed.status_code < 500 or allowed.status_code == 503


@pytest.mark.parametrize("route", CHANGING, ids=" ".join)
def test_forged_requests_change_nothing(
    owner: FlaskClient, make: Maker, database: Database, route: tuple[str, str]
) -> None:
    method, path = route
    picture = make()
    path = path.replace(ID, picture.id)
    good = token(owner)
    body: dict[str, Any] = {"email": "x@y.z", "password": PASSWORD, "description": "forged", "confirm": "yes"}
    before = snapshot(database)
    forgeries: list[TestResponse] = [
        owner.open(path, method=method, data=body),
        owner.open(path, method=method, data=body | {"csrf_token": "x"}),
        owner.open(path, method=method, data=json.dumps(body), content_type="text/plain"),
        owner.open(path, method=method, json=body),
        owner.open(f"{path}?csrf_token={good}", method=method, json=body),
    ]
    foreign = [
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "http://localhost:81",
        "http://localhost@evil.example",
        "http://[",
    ]
    for origin in foreign:
        headers = {"Origin": origin, "X-CSRFToken": good}
        forgeries.append(owner.open(path, method=method, data=body, headers=headers))
    forgeries.append(
        owner.open(
            path, method=method, data=body, headers={"Sec-Fetch-Site": "cross-site", "X-CSRFToken": good}
        )
    )
    # who is signed in is led on, and signed in as before; there is no provider who could prove himself
    also = {"/sign-in": 303, "/sign-in/code": 303, "/sign-out/provider": 404}
    assert {answer.status_code for answer in forgeries} <= {403, also.get(path, 403)}
    for override in ({"_method": method}, {"X-HTTP-Method-Override": method}):
        answer = owner.get(path, query_string=override, headers=override)
        assert answer.status_code in {200, 302, 303, 404, 405}
    assert snapshot(database) == before
    assert owner.get("/account").status_code == 200


@pytest.mark.parametrize(
    "route", [route for route in CHANGING if ("GET", route[1]) not in ROUTES], ids=" ".join
)
def test_reading_does_not_change(
    owner: FlaskClient, make: Maker, database: Database, route: tuple[str, str]
) -> None:
    picture = make()
    before = snapshot(database)
    for method in ("GET", "HEAD", "PUT", "TRACE"):
        answer = owner.open(
            route[1].replace(ID, picture.id), method=method, headers={"X-CSRFToken": token(owner)}
        )
        of_album_or_picture = route[1] in ("/albums/selection", "/s/abc/add", "/s/abc/done")
        assert answer.status_code in ({404, 405} if of_album_or_picture else {403, 405})
    assert snapshot(database) == before


@pytest.mark.parametrize("origin", ["http://localhost", "null"])
def test_our_own_pages_may_send(owner: FlaskClient, make: Maker, origin: str) -> None:
    """Also in a browser that keeps to itself which page it shows."""
    picture = make()
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    answer = owner.post(f"/gallery/{picture.id}/delete", data={"csrf_token": token(owner)}, headers=headers)
    assert answer.status_code == 303
