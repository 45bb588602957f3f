"""What a browser has uploaded by a permit, and never became a picture, does not lie at the media service for ever."""

import json
import urllib.request
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from urllib3.filepost import encode_multipart_formdata

from picturerail.clock import now
from picturerail.database import Database
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.maintenance import permits, removal
from picturerail.settings import Settings
from tests.faults.uploads import unique_jpeg
from tests.gallery.browser import Browser
from tests.gallery.conftest import call, signed_in
from tests.service import Service

SEED = 733_000


def permitted(client: FlaskClient, cloud: CloudAccess, number: int) -> dict[str, Any]:
    """What the media service answers about an upload, and the permit under which it came."""
    content = unique_jpeg(SEED + number, (64, 48))
    asked = {"filename": "a.jpg", "bytes": len(content)}
    permit = call(client, "POST", "/api/v1/uploads/signature", asked).json
    assert permit["url"].startswith(cloud.browser_prefix)
    body, kind = encode_multipart_formdata([*permit["params"].items(), ("file", ("a.jpg", content))])
    request = urllib.request.Request(permit["url"], body, {"Content-Type": kind}, method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        told: dict[str, Any] = json.loads(answer.read())
    return told


def test_what_came_by_a_permit_and_became_no_picture_goes(
    settings: Settings, stranger: CloudAccess, database: Database, service: Service
) -> None:
    app: Flask = create_app(settings, stranger)
    client = signed_in(app, database, "contributor")
    taken, left = (permitted(client, stranger, number) for number in range(2))

    def claimed(answer: dict[str, Any]) -> int:
        return int(
            call(client, "POST", "/api/v1/pictures", {"answer": answer, "filename": "a.jpg"}).status_code
        )

    assert claimed(taken) == 201
    database.users.update_many({}, {"$set": {"role": "viewer"}})
    assert claimed(left) == 403

    def shown() -> list[int]:
        sizes = (
            stranger.url(each["public_id"], each["version"], "w_20", "jpg", each["type"])
            for each in (taken, left)
        )
        return [Browser(service.url).get(each).status for each in sizes]

    assert shown() == [200, 200]
    removal.cleanup(database, stranger, settings, at=now() + permits.CLAIMED_WITHIN - timedelta(hours=1))
    assert shown() == [200, 200]
    removal.cleanup(database, stranger, settings, at=now() + permits.CLAIMED_WITHIN + timedelta(hours=1))
    assert shown() == [200, 404]
    assert database.permits.count_documents({}) == 0


def test_a_cloud_that_is_away_is_asked_another_time(
    app: Flask, cloud: CloudAccess, settings: Settings, database: Database
) -> None:
    client = signed_in(app, database, "contributor")
    assert (
        call(client, "POST", "/api/v1/uploads/signature", {"filename": "a.jpg", "bytes": 9}).status_code
        == 200
    )
    removal.cleanup(database, cloud, settings, at=now() + timedelta(days=30))
    assert database.permits.count_documents({}) == 1
