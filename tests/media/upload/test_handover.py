"""Files that lie in the spool become assets by the rules of an upload; what is not plain is left to be uploaded."""

import hashlib
import json
import uuid
from base64 import b64encode
from pathlib import Path
from typing import Any

import cloudinary.api
import cloudinary.uploader
import pytest

from picturerail.database import Database, Document
from picturerail.media.metadata import fields
from picturerail.media.metadata.definitions import new_definition
from picturerail.media.schemas.handover_parameters import HandedFile
from picturerail.media.service import Media
from picturerail.media.upload import handover
from tests.media.http import send
from tests.media_service import MediaService
from tests.pictures import encoded, photo


def picture(**options: Any) -> bytes:
    return encoded(photo("cat", (90, 60)), "JPEG", **options) + uuid.uuid4().bytes


def lain(cloud: MediaService, content: bytes, **other: Any) -> dict[str, Any]:
    """A file in the spool, and what is told of it."""
    path = cloud.data / "spool" / uuid.uuid4().hex
    path.write_bytes(content)
    return {
        "file": path.name,
        "bytes": len(content),
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "filename": "cat.jpg",
        "public_id": f"gallery/{uuid.uuid4().hex[:20]}",
        "type": "private",
        **other,
    }


def call(cloud: MediaService, files: list[dict[str, Any]], key: str = "", **other: Any) -> tuple[int, Any]:
    account = cloudinary.config()
    user = b64encode((key or f"{account.api_key}:{account.api_secret}").encode()).decode()
    head = {"Authorization": f"Basic {user}", "Content-Type": "application/json"}
    url = f"{cloud.url}/v1_1/{account.cloud_name}/image/handover"
    got = send(url, "POST", json.dumps({"files": files, **other}).encode(), head)
    return got.status, json.loads(got.body)


def in_spool(cloud: MediaService, one: dict[str, Any]) -> Path:
    return cloud.data / "spool" / str(one["file"])


def test_what_is_handed_over_is_an_asset_as_an_upload_makes_it(cloud: MediaService) -> None:
    content = picture()
    one = lain(cloud, content)
    status, answer = call(cloud, [one])
    assert status == 200
    handed = answer["files"][0]
    sent = cloudinary.uploader.upload(content, type="private", image_metadata=True, filename="cat.jpg")
    own = {"asset_id", "public_id", "version", "version_id", "signature", "created_at", "url", "secure_url"}
    placed = {"folder", "asset_folder", "display_name", "info"}
    assert {name: value for name, value in handed.items() if name not in own | placed} == {
        name: value for name, value in sent.items() if name not in own | placed | {"api_key", "request_id"}
    }
    assert handed["public_id"] == one["public_id"]
    assert not in_spool(cloud, one).exists(), "it was moved"


def test_its_pixels_are_looked_at_when_somebody_asks(cloud: MediaService) -> None:
    content = picture()
    one = lain(cloud, content)
    assert "info" not in call(cloud, [one])[1]["files"][0]
    told = cloudinary.api.resource(one["public_id"], type="private", phash=True, colors=True)
    sent = cloudinary.uploader.upload(content, phash=True, colors=True)
    assert [told[name] for name in ("phash", "colors", "info")] == [
        sent[name] for name in ("phash", "colors", "info")
    ]
    again = cloudinary.api.resource(one["public_id"], type="private", phash=True)
    assert again["phash"] == sent["phash"]


@pytest.mark.parametrize("kind", ["cut", "not there", "png", "name taken", "other length", "twice"])
def test_what_is_not_plain_is_left_to_be_uploaded(cloud: MediaService, kind: str) -> None:
    first, plain = lain(cloud, picture()), lain(cloud, picture())
    odd = {
        "cut": lambda: lain(cloud, encoded(photo("cat", (90, 60)), "JPEG")[:-900]),
        "not there": lambda: lain(cloud, picture(), file=uuid.uuid4().hex),
        "png": lambda: lain(cloud, encoded(photo("cat", (90, 60)), "PNG")),
        "name taken": lambda: lain(cloud, picture(), public_id=first["public_id"]),
        "other length": lambda: lain(cloud, picture(), bytes=3),
        "twice": lambda: lain(cloud, picture(), public_id=plain["public_id"]),
    }[kind]()
    before = call(cloud, [first])[1]["files"][0]
    status, answer = call(cloud, [plain, odd])
    assert status == 200
    assert answer["files"][0]["public_id"] == plain["public_id"]
    assert answer["files"][1] is None
    there = cloudinary.api.resource(first["public_id"], type="private")
    assert (there["version"], there["etag"]) == (before["version"], before["etag"])


def test_no_file_beside_the_spool_is_reached_and_no_stranger_hands_over(cloud: MediaService) -> None:
    one = lain(cloud, picture())
    for name in ("../secrets.json", f"../spool/{one['file']}", one["file"].upper(), "", "a" * 31):
        assert call(cloud, [{**one, "file": name}])[0] == 400
    assert call(cloud, [one], key="123456789:wrong")[0] == 401
    assert in_spool(cloud, one).exists()


def test_sizes_ahead_are_noted_for_each(cloud: MediaService) -> None:
    files = [lain(cloud, picture()) for _ in range(3)]
    answers = call(cloud, files, eager="c_limit,w_40|c_limit,w_20")[1]["files"]
    for each in answers:
        jobs = cloud.records["jobs"].find({"kind": "eager", "arguments": {"$regex": each["asset_id"]}})
        made = list(cloud.records["derived"].find({"asset_id": each["asset_id"]}))
        assert made or len(list(jobs)) == 1


def test_what_an_account_says_of_new_assets_is_read_once_for_all(
    media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import of very many asks the database no more for each file than it must."""
    told = {"external_id": "colour", "type": "string", "label": "Colour", "default_value": "blue"}
    fields.insert(media.database, new_definition(told))
    asked, real = list[int](), fields.every

    def counted(db: Database) -> list[Document]:
        asked.append(1)
        return real(db)

    monkeypatch.setattr(fields, "every", counted)
    for count in (2, 8):
        asked.clear()
        files = list[HandedFile]()
        for _ in range(count):
            content, name = picture(), uuid.uuid4().hex
            media.spool.mkdir(exist_ok=True)
            (media.spool / name).write_bytes(content)
            files.append(
                HandedFile(
                    file=name,
                    bytes=len(content),
                    md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
                    sha256=hashlib.sha256(content).hexdigest(),
                    filename="cat.jpg",
                    public_id=f"gallery/{name[:20]}",
                    type="private",
                )
            )
        stored = handover._stored(media, files)
        assert [asset.metadata for asset, _ in stored.values()] == [{"colour": "blue"}] * count
        assert len(asked) == 1
