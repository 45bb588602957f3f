"""Parameters of an upload with an effect beyond the answer: delete tokens, headers, quality, names, callback."""

import json
import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import cloudinary
import cloudinary.api
import cloudinary.uploader
import pytest

from picturerail.media.upload import delete_tokens
from tests.assets import asset_of
from tests.files import jpeg
from tests.media.http import Got, form, send, signed, upload
from tests.media_service import MediaService
from tests.pictures import encoded, quadrants

PICTURE = jpeg(60, 40)


def uploaded(cloud: MediaService, **params: Any) -> dict[str, Any]:
    got = upload(cloud, signed(cloud, **params), PICTURE)
    assert got.status == 200, got.body
    answer: dict[str, Any] = json.loads(got.body)
    return answer


def delete(cloud: MediaService, token: str, path: str = "delete_by_token") -> Got:
    body, content_type = form({"token": token}, None)
    return send(f"{cloud.url}/v1_1/cloud/{path}", "POST", body, {"Content-Type": content_type})


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"public_id": "k", "format": "docx"}, "k.docx"),
        ({"public_id": "k.docx", "format": "docx"}, "k.docx"),
        ({"public_id": "k.DOCX", "format": ".docx"}, "k.DOCX"),
        ({"public_id": "k", "format": "docx", "folder": "f"}, "f/k.docx"),
        ({"public_id": "k"}, "k"),
        ({"use_filename": "1", "unique_filename": "0", "format": "docx"}, "blob.docx"),
    ],
)
def test_the_format_of_a_raw_file_is_its_extension(
    cloud: MediaService, asked: dict[str, str], kept: str
) -> None:
    got = upload(cloud, signed(cloud, **asked), b"words", kind="raw", name="blob.bin")
    assert json.loads(got.body)["public_id"] == kept


def test_the_format_of_a_raw_file_may_not_lead_elsewhere(cloud: MediaService) -> None:
    got = upload(cloud, signed(cloud, public_id="k", format="x/../y"), b"words", kind="raw")
    assert got.status == 400


@pytest.mark.parametrize("path", ["delete_by_token", "image/delete_by_token"])
def test_a_delete_token_deletes_its_upload_once_and_needs_no_signature(
    cloud: MediaService, path: str
) -> None:
    made = uploaded(cloud, return_delete_token="1")
    assert json.loads(delete(cloud, made["delete_token"], path).body) == {"result": "ok"}
    with pytest.raises(cloudinary.exceptions.NotFound):
        cloudinary.api.resource(made["public_id"])
    assert json.loads(delete(cloud, made["delete_token"], path).body) == {"result": "not found"}


def test_a_delete_token_does_not_delete_what_came_after_it(cloud: MediaService) -> None:
    name = uuid.uuid4().hex
    made = uploaded(cloud, return_delete_token="1", public_id=name)
    uploaded(cloud, public_id=name, tags="new")
    assert json.loads(delete(cloud, made["delete_token"]).body) == {"result": "not found"}
    assert cloudinary.api.resource(name)["tags"] == ["new"]


def test_a_forged_or_old_delete_token_is_refused(
    cloud: MediaService, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = uploaded(cloud, return_delete_token="1")
    token = made["delete_token"]
    monkeypatch.setattr("time.time", lambda: 1_000_000)
    asset = asset_of(asset_id=made["asset_id"], version_id=made["version_id"])
    old = delete_tokens.delete_token(cloud.settings, asset)
    monkeypatch.undo()
    for wrong in ("", "x", token[:-1], token[:-2] + "AA", old):
        assert delete(cloud, wrong).status == 400
    assert cloudinary.api.resource(made["public_id"])["bytes"] == len(PICTURE)
    assert "delete_token" not in uploaded(cloud)


def test_headers_of_an_asset_are_delivered_with_it_and_all_its_images(cloud: MediaService) -> None:
    made = cloudinary.uploader.upload(PICTURE, headers=["X-Robots-Tag: noindex", "link: <a>; rel=b"])
    name = made["public_id"]
    for path in (f"{name}.jpg", f"w_20/{name}.jpg", f"w_20/{name}.jpg"):
        got = send(f"{cloud.delivery}/image/upload/{path}")
        assert (got.headers["x-robots-tag"], got.headers["link"]) == ("noindex", "<a>; rel=b")
    cloudinary.uploader.explicit(name, type="upload", headers={"X-Robots-Tag": "none"})
    for path in (f"{name}.jpg", f"w_20/{name}.jpg"):
        got = send(f"{cloud.delivery}/image/upload/{path}")
        assert got.headers["x-robots-tag"] == "none"
        assert "link" not in got.headers


@pytest.mark.parametrize(
    "headers", ["Set-Cookie: a=b", "X-Robots-Tag", "Content-Type: text/html", "Link: " + "a" * 2000]
)
def test_other_headers_are_refused(cloud: MediaService, headers: str) -> None:
    assert upload(cloud, signed(cloud, headers=headers), PICTURE).status == 400


def test_no_line_of_a_header_becomes_another_header(cloud: MediaService) -> None:
    made = uploaded(cloud, headers=json.dumps({"Link": "a\r\nSet-Cookie: b=c"}))
    got = send(f"{cloud.delivery}/image/upload/{made['public_id']}.jpg")
    assert "set-cookie" not in got.headers


def test_quality_override_stands_in_for_automatic_quality_only(cloud: MediaService) -> None:
    picture = encoded(quadrants(200, 200), "png")

    def size(transformation: str, name: str) -> int:
        got = send(f"{cloud.delivery}/image/upload/{transformation}/{name}.jpg")
        assert got.status == 200
        return len(got.body)

    plain = cloudinary.uploader.upload(picture)["public_id"]
    rough = cloudinary.uploader.upload(picture, quality_override=5)["public_id"]
    assert size("q_auto", rough) == size("q_5", plain)
    assert size("q_90", rough) == size("q_90", plain)
    assert size("w_100", rough) == size("w_100", plain)
    before = size("q_auto", plain)
    cloudinary.uploader.explicit(plain, type="upload", quality_override="5")
    assert size("q_auto", plain) == size("q_5", plain) < before
    assert upload(cloud, signed(cloud, quality_override="200"), PICTURE).status == 400
    assert upload(cloud, signed(cloud, quality_override="5,e_sepia"), PICTURE).status == 400


def test_the_name_of_the_file_can_be_forgotten(cloud: MediaService) -> None:
    made = uploaded(cloud, discard_original_filename="1")
    assert "original_filename" not in made
    assert "original_filename" not in cloudinary.api.resource(made["public_id"])
    assert uploaded(cloud)["original_filename"] == "a"


def test_a_display_name_can_be_made_unique_within_its_folder(cloud: MediaService) -> None:
    folder = uuid.uuid4().hex
    wish = {"asset_folder": folder, "display_name": "Cat", "unique_display_name": "1"}
    names = [uploaded(cloud, **wish)["display_name"] for _ in range(3)]
    assert names[0] == "Cat"
    assert len(set(names)) == 3
    assert all(name.startswith("Cat_") for name in names[1:])
    other = uploaded(cloud, **{**wish, "asset_folder": f"{folder}2"})
    assert other["display_name"] == "Cat"
    assert uploaded(cloud, asset_folder=folder, display_name="Cat")["display_name"] == "Cat"
    changed = cloudinary.api.update(
        other["public_id"], asset_folder=folder, display_name="Cat", unique_display_name=True
    )
    assert changed["display_name"].startswith("Cat_")


def test_a_form_of_an_old_browser_is_sent_back_to_its_page(cloud: MediaService) -> None:
    page = "https://app.example/done.html?a=b"
    got = upload(cloud, signed(cloud, callback=page, tags="x,y"), PICTURE)
    assert got.status == 302
    at = urlsplit(got.headers["location"])
    told = parse_qs(at.query)
    assert (at.netloc, at.path, told["a"], told["tags[]"]) == ("app.example", "/done.html", ["b"], ["x", "y"])
    assert cloudinary.api.resource(told["public_id"][0])["asset_id"] == told["asset_id"][0]
    bad = upload(cloud, signed(cloud, callback=page), b"no picture")
    assert "Invalid image file" in parse_qs(urlsplit(bad.headers["location"]).query)["error[message]"][0]
    ajax = upload(
        cloud, signed(cloud, callback=page), PICTURE, headers={"X-Requested-With": "XMLHttpRequest"}
    )
    assert json.loads(ajax.body)["public_id"]
    assert upload(cloud, signed(cloud, callback="javascript:alert(1)"), PICTURE).status == 400
    unsigned = upload(cloud, {"callback": page}, PICTURE)  # the signature comes first
    assert (unsigned.status, b"Upload preset must be specified" in unsigned.body) == (400, True)


def test_a_stranger_leads_no_browser_elsewhere(cloud: MediaService) -> None:
    """By a form of theirs that sends a picture here, without a signature."""
    elsewhere = "https://evil.example/"
    for name, held in (("callback-none", {}), ("callback-own", {"callback": "https://app.example/done"})):
        cloudinary.api.create_upload_preset(name=name, unsigned=True, **held)
    fields = {"upload_preset": "callback-none"}
    for to in (elsewhere, f"{cloud.url}@evil.example/", f"{cloud.url}.evil.example/"):
        refused = upload(cloud, {**fields, "callback": to}, PICTURE)
        assert (refused.status, refused.headers.get("location")) == (400, None), to
    home = upload(cloud, {**fields, "callback": f"{cloud.url}/done.html"}, PICTURE)
    assert home.headers["location"].startswith(f"{cloud.url}/done.html?")
    own = upload(cloud, {"upload_preset": "callback-own", "callback": elsewhere}, PICTURE)
    assert own.headers["location"].startswith("https://app.example/done?")


@pytest.mark.parametrize("name", ["proxy", "on_success"])
def test_what_cannot_be_done_is_refused(cloud: MediaService, name: str) -> None:
    got = upload(cloud, signed(cloud, **{name: "http://example.com"}), PICTURE)
    assert got.status == 400
    assert name in got.headers["x-cld-error"]
