"""Type private: all sizes are open, fast, and kept by everybody; the file itself needs a signature or a token."""

import io
import json
import uuid
from typing import Any

import cloudinary
import cloudinary.api
import pytest
from cloudinary import uploader
from cloudinary.utils import cloudinary_url
from PIL import Image

from picturerail.database import Database
from picturerail.media.asset import Identity
from picturerail.media.cdn import _purges
from picturerail.media.transformations.registry import mentioned
from tests.files import jpeg, opened
from tests.media.http import Got, send, signed, upload
from tests.media_service import MediaService

SECRET = b"SERIAL-4711"
# Every way to ask for no change, or for none that shows.
CLOSED = (
    "private/{n}",
    "private/{n}.jpg",
    "private/{n}.JPG",
    "private/{n}.jpeg",
    "private/{n}.png",
    "private/v1/{n}.jpg",
    "private/v{v}/{n}.jpg",
    "private/fl_attachment/{n}.jpg",
    "private/fl_attachment:a/v{v}/{n}.jpg",
    "private/fl_getinfo/{n}.jpg",
    "private/fl_attachment.getinfo/{n}.jpg",
    "private/w_auto:breakpoints:json/{n}.jpg",
    "private/t_nothing{n}/{n}.jpg",
    "private/%66l_attachment/{n}.jpg",
    "private//{n}.jpg",
    "upload/{n}.jpg",
    "upload/v{v}/{n}.jpg",
    "upload/fl_attachment/{n}.jpg",
    "upload/fl_getinfo/{n}.jpg",
    "authenticated/{n}.jpg",
    "authenticated/w_10/{n}.jpg",
    "upload/l_private:{n}/fl_layer_apply/{o}.jpg",
    "upload/l_{n}/fl_layer_apply/{o}.jpg",
    "upload/u_authenticated:{n}/fl_layer_apply/{o}.jpg",
    "upload/d_{n}.jpg/none{n}.jpg",
    "list/{n}.json",
    "sprite/{n}.jpg",
    "multi/{n}.gif",
)
# Every way to see the picture, and nothing else that its file tells.
OPEN = (
    "private/w_30/{n}.jpg",
    "private/f_auto/{n}",
    "private/f_auto,fl_attachment/v{v}/{n}",
    "private/f_jpg/{n}.jpg",
    "private/f_jpg,fl_keep_iptc/{n}.jpg",
    "private/f_png,fl_keep_attribution/{n}",
    "private/fl_force_strip/{n}.jpg",
    "private/fl_original/{n}.jpg",
    "private/q_100/{n}.jpg",
    "private/c_limit,w_20000/v{v}/{n}.jpg",
    "private/if_w_gt_9999/w_5/if_end/{n}.jpg",
    "private/$a_1/{n}.jpg",
    "private/fl_lossy/{n}.webp",
    "private/fl_getinfo/w_30/{n}.jpg",
    "private/e_grayscale/{n}.tiff",
    "upload/w_30/{n}.jpg",
    "upload/w_30/v1/{n}.jpg",
)


@pytest.fixture(scope="module")
def names(cloud: MediaService) -> dict[str, Any]:
    """A private picture that tells where it was taken and by what, and a public one."""
    cloudinary.config(**cloud.sdk_config)
    n, o = f"n{uuid.uuid4().hex}", f"o{uuid.uuid4().hex}"
    made = json.loads(upload(cloud, signed(cloud, public_id=n, type="private", tags=n), telling()).body)
    uploader.upload(jpeg(60, 40), public_id=o)
    cloudinary.api.create_transformation(f"nothing{n}", "fl_attachment")
    return {"n": n, "o": o, "v": made["version"]}


def telling() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0xA431: SECRET.decode()})
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 30.0, 1.0)})
    exif[0x8298] = "Somebody"
    out = io.BytesIO()
    opened(jpeg(60, 40)).save(out, "JPEG", exif=exif.tobytes(), comment=SECRET)
    return out.getvalue()


def get(cloud: MediaService, path: str, names: dict[str, Any], **headers: str) -> Got:
    return send(f"{cloud.delivery}/image/{path.format(**names)}", headers=headers)


@pytest.mark.parametrize("path", CLOSED)
def test_nobody_gets_the_file(cloud: MediaService, names: dict[str, Any], path: str) -> None:
    for headers in (
        {},
        {"Range": "bytes=0-9"},
        {"If-None-Match": "*"},
        {"Cookie": "__cld_token__=exp=9~hmac=1"},
    ):
        got = get(cloud, path, names, **headers)
        assert got.status in (400, 401, 404), (path, headers)
        assert SECRET not in got.body


@pytest.mark.parametrize("path", OPEN)
def test_everybody_gets_the_picture(cloud: MediaService, names: dict[str, Any], path: str) -> None:
    for headers in ({"Accept": "image/webp"}, {"Accept": "image/avif"}, {}):
        got = get(cloud, path, names, **headers)
        assert (got.status, got.headers["cache-control"][:6]) == (200, "public"), (path, got.body[:200])
        assert SECRET not in got.body
        if "getinfo" not in path:
            assert 0x8825 not in opened(got.body).getexif()


def test_sizes_are_kept_as_those_of_what_is_public(cloud: MediaService, names: dict[str, Any]) -> None:
    for path, control in (
        ("w_31/v{v}/{n}.jpg", "public, max-age=31536000, immutable"),
        ("w_31/{n}.jpg", "public, max-age=60"),
        ("f_auto,w_31/v{v}/{n}", "public, max-age=31536000, immutable"),
        ("w_31/v7/{n}.jpg", "public, max-age=60"),
    ):
        got = [get(cloud, f"private/{path}", names) for _ in range(12)]
        assert {each.headers["cache-control"] for each in got} == {control}
        # answered before the framework is reached
        assert any("x-request-id" not in each.headers for each in got)
        first = get(cloud, "upload/" + path.replace("{n}", "{o}"), names)
        assert set(got[0].headers) == set(first.headers)


def test_a_file_of_which_no_picture_can_be_made_is_closed_whatever_is_asked(cloud: MediaService) -> None:
    name = f"raw{uuid.uuid4().hex}.txt"
    cloudinary.config(**cloud.sdk_config)
    uploader.upload(SECRET * 9, public_id=name, resource_type="raw", type="private")
    for way in ("", "w_10/", "fl_attachment/", "f_jpg,w_10/", "v1/", "w_10/v1/"):
        assert send(f"{cloud.delivery}/raw/private/{way}{name}").status == 401
    url, _ = cloudinary_url(name, type="private", resource_type="raw", sign_url=True, **cloud.sdk_config)
    assert send(url).body == SECRET * 9


def test_where_a_public_picture_was_its_sizes_stay_until_another_takes_its_place(cloud: MediaService) -> None:
    """Pages elsewhere show them; what is made authenticated is gone from there, too."""
    cloudinary.config(**cloud.sdk_config)
    name = f"moved{uuid.uuid4().hex}"
    uploader.upload(jpeg(60, 40), public_id=name)
    address = f"{cloud.delivery}/image/upload/w_30/{name}.jpg"
    before = [send(address) for _ in range(3)][-1]
    uploader.rename(name, name, to_type="private")
    for _ in range(3):
        got = send(address)
        assert (got.status, got.body, got.headers["cache-control"]) == (
            200,
            before.body,
            "public, max-age=60",
        )
    assert send(f"{cloud.delivery}/image/upload/{name}.jpg").status == 404
    uploader.upload(jpeg(60, 60), public_id=name)
    assert opened(send(address).body).size == (30, 30)
    uploader.destroy(name)
    assert send(address).body == before.body
    uploader.rename(name, name, type="private", to_type="authenticated")
    for path in (address, address.replace("/upload/", "/private/")):
        for _ in range(3):
            assert send(path).status in (401, 404)


def test_edges_forget_a_private_picture_under_both_its_names(database: Database) -> None:
    told = {each.kind for each in _purges(database, Identity("image", "private", "x"), soft=False)}
    assert {"image/private", "image/upload"} <= told


@pytest.mark.parametrize(
    ("name", "text"), [("warm.cube", "l_lut:warm.cube"), ("own.ttf", "l_text:own.ttf_9:x")]
)
def test_edges_forget_what_was_made_with_a_raw_file(database: Database, name: str, text: str) -> None:
    purges = _purges(database, Identity("raw", "upload", name), soft=False)
    assert mentioned(text) & {each for purge in purges for each in purge.names}
