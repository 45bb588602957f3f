"""Who loses a right while their files are on the way brings none of them in."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask
from flask.testing import FlaskClient
from urllib3 import encode_multipart_formdata

from picturerail.clock import now
from picturerail.database import Database
from picturerail.gallery.accounts import create_user, tokens
from tests.files import png
from tests.gallery.access.test_shares import album, form_token, shared
from tests.gallery.conftest import PASSWORD, post, token

EMAIL = "ada@example.com"
ENDS = ("role", "disable", "remove", "sign-out")


class LongBody(io.BytesIO):
    """A body between whose first and last bytes something happens."""

    def __init__(self, content: bytes, happens: Callable[[], object]) -> None:
        super().__init__(content)
        self._happens: list[Callable[[], object]] = [happens]

    def read(self, size: int | None = -1) -> bytes:
        self._begin()
        return super().read(size)

    def readinto(self, buffer: Any) -> int:
        self._begin()
        return super().readinto(buffer)

    def _begin(self) -> None:
        if self._happens:
            self._happens.pop()()


def sent(
    client: FlaskClient, path: str, fields: dict[str, str], happens: Callable[[], object], **headers: str
) -> Any:
    content, kind = encode_multipart_formdata(
        {**fields, "image": ("a.png", png(40, 30, 7)), "file": ("a.png", b"x")}
    )
    body, told = LongBody(content, happens), {"Content-Length": str(len(content)), **headers}
    return client.post(path, input_stream=body, content_type=kind, headers=told)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("path", ["/upload/", "/api/v1/pictures"])
def test_somebody_who_loses_it(
    app: Flask, owner: FlaskClient, database: Database, path: str, end: str
) -> None:
    ada = create_user(database, EMAIL, "contributor", PASSWORD)
    client = app.test_client()
    post(client, "/sign-in", email=EMAIL, password=PASSWORD)
    form = {"role": {"role": "viewer"}, "remove": {"pictures": "keep"}}.get(end, {})

    def take() -> None:
        assert post(owner, f"/people/{ada.id}/{end}", **form).status_code == 303

    said = token(client)
    answer = sent(client, path, {"csrf_token": said}, take, **{"X-CSRFToken": said})
    assert answer.status_code == 401, answer.text[:500]


def test_a_token_that_ends(app: Flask, database: Database) -> None:
    headers = {"Authorization": f"Bearer {tokens.add_token(database, 'script', 'write')}"}
    client = app.test_client()
    answer = sent(client, "/api/v1/pictures", {}, lambda: database.tokens.delete_many({}), **headers)
    assert answer.status_code == 401


@pytest.mark.parametrize("end", ["nothing", "revoked", "expired", "its maker is gone", "its album is gone"])
def test_a_link_that_ends(
    app: Flask, owner: FlaskClient, client: FlaskClient, database: Database, end: str
) -> None:
    hung = album(owner, "Feast")
    link = shared(owner, album=hung, adds="shown")
    this = {"_id": ObjectId(link["id"])}
    ends: dict[str, Callable[[], object]] = {
        "nothing": lambda: None,
        "revoked": lambda: database.shares.delete_one(this),
        "expired": lambda: database.shares.update_one(
            this, {"$set": {"expires_at": now() - timedelta(seconds=1)}}
        ),
        "its maker is gone": lambda: database.users.delete_many({}),
        "its album is gone": lambda: database.albums.update_many({}, {"$set": {"state": "deleted"}}),
    }
    said = form_token(client, link)
    answer = sent(client, f"{link['path']}/add", {"csrf_token": said}, ends[end])
    # what is let in would be sent on to the cloud, which is away here
    assert answer.status_code in ((503,) if end == "nothing" else (303, 404))
    assert database.gallery.count_documents({}) == 0
