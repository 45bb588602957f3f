"""Pages that edges may keep for strangers: which the app marks, under which names, and which actions undo them."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail import cache_policy
from picturerail.database import Database
from picturerail.edge.origin_auth import FOR_ALL
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.page_cache import NEWEST
from picturerail.settings import Settings
from tests import purges
from tests.gallery.conftest import Maker, call, post, signed_in

EDGE = {FOR_ALL: True}


@pytest.fixture
def app(settings: Settings, cloud: CloudAccess, database: Database) -> Flask:
    """The gallery, with an edge to tell."""
    return create_app(dataclasses.replace(settings, edges=("127.0.0.1:1",), edge_secret="x" * 16), cloud)


def control(client: FlaskClient, path: str, **options: Any) -> str:
    answer = client.get(path, **{"environ_base": EDGE} | options)
    return answer.headers["Cache-Control"] if "s-maxage" in answer.headers["Cache-Control"] else ""


def held(database: Database) -> dict[str, list[str]]:
    return {row["_id"]: row["names"] for row in database["edge_copies"].find({"kind": "page"})}


def test_pages_for_all_are_marked_and_noted_under_what_they_show(
    client: FlaskClient, database: Database, make: Maker
) -> None:
    old, middle, new = (make().id for _ in range(3))
    everything = sorted([old, middle, new, NEWEST])
    paths = ["/", "/gallery/", f"/gallery/{middle}", f"/gallery/{new}", f"/gallery/?after={middle}"]
    for path in paths:
        assert control(client, path) == cache_policy.SHARED_PAGE, path
    assert held(database) == {
        "page /": everything,
        "page /gallery/": everything,
        f"page /gallery/{middle}": sorted([old, middle, new]),
        f"page /gallery/{new}": sorted([middle, new, NEWEST]),
        f"page /gallery/?after={middle}": [old],
    }


@pytest.mark.parametrize(
    "path", ["/sign-in", "/feed.atom", "/gallery/x", "/upload/", "/api/v1/pictures", "/healthz"]
)
def test_nothing_else_is_marked(client: FlaskClient, path: str) -> None:
    assert control(client, path) == ""


def test_nobody_else_is_answered_so(client: FlaskClient, app: Flask, database: Database, make: Maker) -> None:
    make()
    assert control(client, "/gallery/", environ_base={}) == "", "a visitor, straight or by an edge"
    with_cookie = app.test_client()
    with_cookie.set_cookie("any", "thing")
    assert control(with_cookie, "/gallery/") == ""
    assert control(signed_in(app, database, "viewer"), "/gallery/") == ""
    assert control(client, "/gallery/") == cache_policy.SHARED_PAGE


def test_a_page_that_cannot_be_noted_is_not_marked(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, make: Maker
) -> None:
    make()
    monkeypatch.setattr("picturerail.edge.purges.queue.SurrogateKeys.note", lambda *_: False)
    assert control(client, "/gallery/") == ""


def test_without_an_edge_to_tell_nothing_is_marked(
    settings: Settings, cloud: CloudAccess, database: Database
) -> None:
    client = create_app(settings, cloud).test_client()
    assert control(client, "/gallery/") == ""
    assert held(database) == {}


def test_every_change_tells_the_edges(app: Flask, database: Database, make: Maker) -> None:
    """What uploads tell is tried through a real edge, in tests/edge/test_site.py."""
    editor, picture = signed_in(app, database, "owner"), make()
    waiting = [make(state="duplicate").id for _ in range(2)]
    page, api = f"/gallery/{picture.id}", f"/api/v1/pictures/{picture.id}"
    body = {"description": "By the API", "updated_at": picture.revision}
    steps: list[Callable[[], Any]] = [
        lambda: call(editor, "PATCH", api, body),
        lambda: call(editor, "PATCH", api, {"focus": {"x": 0.2, "y": 0.3}}),
        lambda: post(editor, f"{page}/delete"),
        lambda: post(editor, f"{page}/restore"),
        lambda: call(editor, "DELETE", api),
        lambda: call(editor, "POST", f"{api}/restore"),
        lambda: post(editor, f"/gallery/{waiting[0]}/keep"),
        lambda: call(editor, "POST", f"/api/v1/pictures/{waiting[1]}/keep"),
    ]
    changed = [picture.id] * 6 + waiting
    for step, identity in zip(steps, changed, strict=True):
        purges.drop(database)
        answer = step()
        assert answer.status_code in (200, 303), answer.text
        jobs = purges.waiting(database)
        assert [job["names"] for job in jobs] == [[NEWEST, identity]] * 2
        assert {job["soft"] for job in jobs} == {True}


def test_a_form_tells_too(app: Flask, database: Database, make: Maker) -> None:
    editor, picture = signed_in(app, database, "editor"), make()
    answer = post(
        editor, f"/gallery/{picture.id}/edit", description="By the form", updated_at=picture.revision
    )
    assert answer.status_code == 303
    assert [picture.id in purge["names"] for purge in purges.waiting(database)] == [True] * 2
