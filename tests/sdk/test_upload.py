"""Uploads by the official SDK, unchanged."""

import base64
import hashlib
import io
import os
import re
import urllib.request
from pathlib import Path

import cloudinary.api
import cloudinary.uploader
import cloudinary.utils
import pytest

from tests.files import jpeg, png
from tests.media_service import MediaService


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        body: bytes = answer.read()
        return body


def test_ping(cloud: MediaService) -> None:
    assert cloudinary.api.ping()["status"] == "ok"


def test_upload_answers_all_that_clients_read(cloud: MediaService, tmp_path: Path) -> None:
    content = jpeg(640, 480)
    path = tmp_path / "Blick auf Zürich.jpg"
    path.write_bytes(content)
    answer = cloudinary.uploader.upload(str(path), tags=["b", "a"], context={"alt": "a=b|c"}, colors=True)
    assert (answer["width"], answer["height"], answer["format"]) == (640, 480, "jpg")
    assert (answer["resource_type"], answer["type"], answer["bytes"]) == ("image", "upload", len(content))
    assert answer["etag"] == hashlib.md5(content).hexdigest()
    assert re.fullmatch(r"[a-z0-9]{20}", answer["public_id"])
    assert re.fullmatch(r"[0-9a-f]{32}", answer["asset_id"])
    assert answer["original_filename"] == "Blick auf Zürich"
    assert answer["tags"] == ["b", "a"]
    assert answer["context"] == {"custom": {"alt": "a=b|c"}}
    assert answer["predominant"]["google"]
    assert base64.b64decode(answer["info"]["picturerail"]["thumbhash"])
    assert cloudinary.utils.verify_api_response_signature(
        answer["public_id"], answer["version"], answer["signature"]
    )
    assert fetch(answer["url"]) == content
    version = {"version": answer["version"], "format": answer["format"]}
    assert answer["url"] == cloudinary.utils.cloudinary_url(answer["public_id"], **version)[0]


@pytest.mark.parametrize("kind", ["bytes", "stream", "data uri", "data uri with newlines"])
def test_every_way_to_give_a_file(cloud: MediaService, kind: str) -> None:
    content = png(120, 80)
    encoded = base64.b64encode(content).decode()
    file = {
        "bytes": content,
        "stream": io.BytesIO(content),
        "data uri": f"data:image/png;base64,{encoded}",
        "data uri with newlines": "data:image/png;base64," + "\n".join(re.findall(".{1,76}", encoded)),
    }[kind]
    answer = cloudinary.uploader.upload(file)
    assert (answer["width"], answer["height"], answer["format"]) == (120, 80, "png")
    assert fetch(answer["secure_url"]) == content


def test_names_in_any_script_survive(cloud: MediaService) -> None:
    public_id = "Ordner/日本語 üñ ☀"
    answer = cloudinary.uploader.upload(jpeg(10, 10), public_id=public_id, filename="фото.jpg")
    assert answer["public_id"] == public_id
    assert answer["original_filename"] == "фото"
    assert fetch(answer["url"]) == jpeg(10, 10)
    assert cloudinary.api.resource(public_id)["asset_id"] == answer["asset_id"]
    assert fetch(cloudinary.utils.cloudinary_url(public_id, format="jpg")[0]) == jpeg(10, 10)


def test_the_name_of_the_file_as_public_id(cloud: MediaService) -> None:
    made = cloudinary.uploader.upload(jpeg(10, 10), filename="a photo.jpg", use_filename=True)["public_id"]
    assert re.fullmatch(r"a_photo_[a-z0-9]{6}", made)
    exact = {"use_filename": True, "unique_filename": False, "folder": "f"}
    assert cloudinary.uploader.upload(jpeg(10, 10), filename="a.jpg", **exact)["public_id"] == "f/a"


def test_upload_to_an_existing_public_id_replaces_it(cloud: MediaService) -> None:
    first = cloudinary.uploader.upload(jpeg(60, 40), public_id="replaced")
    small = cloudinary.utils.cloudinary_url("replaced", width=20, format="png")[0]
    before = fetch(small)
    second = cloudinary.uploader.upload(png(80, 80), public_id="replaced")
    assert (second["asset_id"], second["created_at"]) == (first["asset_id"], first["created_at"])
    assert fetch(second["url"]) == png(80, 80)
    assert fetch(small) != before
    assert cloudinary.api.resource("replaced")["bytes"] == len(png(80, 80))


def test_overwrite_false_keeps_what_is_there(cloud: MediaService) -> None:
    first = cloudinary.uploader.upload(jpeg(60, 40), public_id="kept")
    second = cloudinary.uploader.upload(png(80, 80), public_id="kept", overwrite=False)
    assert second["existing"]
    assert second["etag"] == first["etag"]
    assert fetch(first["url"]) == jpeg(60, 40)


def test_destroy_and_detail(cloud: MediaService) -> None:
    answer = cloudinary.uploader.upload(jpeg(60, 40), public_id="going")
    small = cloudinary.utils.cloudinary_url("going", width=20, format="jpg", version=answer["version"])[0]
    for _ in range(8):  # every process has learnt it
        assert fetch(small)
    assert [d["transformation"] for d in cloudinary.api.resource("going")["derived"]] == ["w_20"]
    assert cloudinary.uploader.destroy("going")["result"] == "ok"
    for _ in range(8):
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(small)
        assert refused.value.code == 404
    with pytest.raises(cloudinary.api.NotFound, match="Resource not found"):
        cloudinary.api.resource("going")
    assert cloudinary.uploader.destroy("going")["result"] == "not found"


def test_files_that_are_no_pictures(cloud: MediaService) -> None:
    content = b"plain words, <script>alert(1)</script>"
    answer = cloudinary.uploader.upload(
        content, resource_type="auto", filename="notes.html", use_filename=True
    )
    assert answer["resource_type"] == "raw"
    assert re.fullmatch(r"notes_[a-z0-9]{6}\.html", answer["public_id"])
    with urllib.request.urlopen(answer["url"]) as delivered:
        assert delivered.read() == content
        assert delivered.headers["Content-Type"] == "application/octet-stream"
        assert delivered.headers["Content-Disposition"].startswith("attachment;")
        assert "sandbox" in delivered.headers["Content-Security-Policy"]
    with pytest.raises(cloudinary.exceptions.BadRequest, match="Invalid image file"):
        cloudinary.uploader.upload(content)
    with pytest.raises(cloudinary.exceptions.BadRequest, match="Video is not supported"):
        cloudinary.uploader.upload(content, resource_type="video")


def test_an_empty_file_is_refused(cloud: MediaService) -> None:
    with pytest.raises(cloudinary.exceptions.BadRequest, match="(?i)empty"):
        cloudinary.uploader.upload(io.BytesIO(b""))


def test_upload_large_in_parts(cloud: MediaService, tmp_path: Path) -> None:
    content = os.urandom(13 * 1024 * 1024)
    path = tmp_path / "large.bin"
    path.write_bytes(content)
    answer = cloudinary.uploader.upload_large(str(path), chunk_size=6_000_000)
    assert (answer["bytes"], answer["resource_type"], answer["done"]) == (len(content), "raw", True)
    assert fetch(answer["url"]) == content
