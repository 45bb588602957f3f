"""Strict mode over HTTP: what is allowed, signed or made eagerly is delivered, nothing else is even made."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary.utils import cloudinary_url

from picturerail.database import Database
from tests.files import jpeg
from tests.media.http import Got, send, signed, upload
from tests.media_service import MediaService
from tests.services import Services

PICTURE = jpeg(60, 40)


@pytest.fixture(scope="module")
def cloud(services: Services) -> Iterator[MediaService]:
    env = {"PICTURERAIL_STRICT_TRANSFORMATIONS": "1"}
    with services.media(env) as running:
        yield running


@pytest.fixture(scope="module")
def asset(cloud: MediaService) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(upload(cloud, signed(cloud, eager="c_scale,w_33"), PICTURE).body)
    return made


def get(cloud: MediaService, asset: dict[str, Any], transformation: str, **options: Any) -> Got:
    made = {**cloud.sdk_config, "format": "jpg", "raw_transformation": transformation, **options}
    url, _ = cloudinary_url(asset["public_id"], **made)
    return send(url)


def test_what_needs_no_leave(cloud: MediaService, asset: dict[str, Any]) -> None:
    for transformation in ("", "fl_attachment", "fl_attachment:name"):
        assert get(cloud, asset, transformation).status == 200


def test_what_is_not_allowed_is_refused_and_not_made(
    cloud: MediaService, asset: dict[str, Any], records: Database
) -> None:
    before = records["derived"].count_documents({"asset_id": asset["asset_id"]})
    refusals = [get(cloud, each, "c_scale,w_20") for each in (asset, {"public_id": "nothing"})]
    for got in refusals:
        assert got.status == 401
        assert got.headers["cache-control"] == "no-store"
        assert "Strict transformations" in got.headers["x-cld-error"]
    assert refusals[0].body == refusals[1].body
    assert records["derived"].count_documents({"asset_id": asset["asset_id"]}) == before


def test_signed_ones_are_made(cloud: MediaService, asset: dict[str, Any]) -> None:
    for long in (False, True):
        assert get(cloud, asset, "c_scale,w_21", sign_url=True, long_url_signature=long).status == 200
        assert get(cloud, asset, "c_scale,w_21").status == 401  # also when it is there
        assert get(cloud, asset, "c_scale,w_21").status == 401


def test_eager_ones_are_delivered_in_any_spelling(cloud: MediaService, asset: dict[str, Any]) -> None:
    for spelling in ("c_scale,w_33", "w_33,c_scale"):
        assert get(cloud, asset, spelling).status == 200
    assert get(cloud, asset, "c_scale,w_33/a_90").status == 401


def test_named_ones_while_they_are_allowed(cloud: MediaService, asset: dict[str, Any]) -> None:
    name, config = f"n{uuid.uuid4().hex}", cloud.sdk_config
    cloudinary.api.create_transformation(name, "c_scale,w_22", **config)
    assert get(cloud, asset, f"t_{name}").status == 200
    cloudinary.api.update_transformation(name, allowed_for_strict=False, **config)
    assert get(cloud, asset, f"t_{name}").status == 401
    assert get(cloud, asset, f"t_{name}", sign_url=True).status == 200
    cloudinary.api.update_transformation(name, allowed_for_strict=True, **config)
    assert get(cloud, asset, f"t_{name}").status == 200
    assert get(cloud, asset, "c_scale,w_22").status == 401


def test_leave_can_be_taken_back(cloud: MediaService, asset: dict[str, Any]) -> None:
    text, config = f"c_scale,w_{40}", cloud.sdk_config
    cloudinary.uploader.explicit(
        asset["public_id"], type="upload", eager=[{"width": 40, "crop": "scale"}], **config
    )
    for _ in range(3):
        assert get(cloud, asset, text).status == 200
    cloudinary.api.update_transformation(text, allowed_for_strict=False, **config)
    assert get(cloud, asset, text).status == 401
