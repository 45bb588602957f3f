"""Delivery over HTTP: bytes, formats, headers, caches, ranges; Pillow says what came."""

import json
import uuid
from typing import Any

import pytest
from PIL import ImageChops

from picturerail import signing
from tests.files import animated_gif, jpeg, opened, transparent_png
from tests.media.delivery.client import get, put, refused
from tests.media.http import send, signed, upload
from tests.media_service import MediaService

CHROME = {"Accept": "image/avif,image/webp,image/apng,*/*;q=0.8"}
SAFARI = {"Accept": "image/webp,*/*"}
OLD = {"Accept": "*/*"}
RUN = ("html", "htm", "xhtml", "svg", "xml", "xsl", "js", "mjs", "swf", "mht")  # by a browser, if it may


def test_information_tells_the_sizes_of_what_would_come(cloud: MediaService) -> None:
    content = jpeg(600, 400)
    asset = put(cloud, content, public_id=f"d/{uuid.uuid4().hex}")
    stored = {"format": "jpg", "width": 600, "height": 400, "bytes": len(content)}
    for text, ending in (("c_fit,w_150", ".png"), ("c_crop,w_0.5,h_0.25", ".webp"), ("e_trim/w_90", ".jpg")):
        told = get(cloud, asset, f"{text}/fl_getinfo", ending)
        assert told.headers["content-type"] == "application/json"
        assert "immutable" in told.headers["cache-control"]
        sent = get(cloud, asset, text, ending)
        seen = opened(sent.body)
        output = {
            "format": ending[1:],
            "width": seen.width,
            "height": seen.height,
            "bytes": len(sent.body),
        }
        assert json.loads(told.body) == {"input": stored, "output": output}
    assert json.loads(get(cloud, asset, "fl_getinfo").body) == {"input": stored, "output": stored}
    joined = get(cloud, asset, "c_fit,w_150,fl_attachment.getinfo.progressive", ".png")
    assert json.loads(joined.body)["output"]["height"] == 100
    assert "content-disposition" not in joined.headers


def test_information_is_refused_where_the_picture_is(cloud: MediaService, picture: dict[str, Any]) -> None:
    for kind, sent, told in (("authenticated", "w_30", "w_30,fl_getinfo"), ("private", "", "fl_getinfo")):
        closed = put(cloud, jpeg(60, 40), type=kind, public_id=f"d/{uuid.uuid4().hex}")
        answers = [get(cloud, closed, text) for text in (sent, told)]
        assert answers[0].status == answers[1].status in (401, 404)
        assert answers[0].body == answers[1].body
    assert refused(get(cloud, picture, "w_0,fl_getinfo"), 400)
    got = upload(cloud, signed(cloud, public_id=f"d/{uuid.uuid4().hex}.txt"), b"words", kind="raw")
    name = json.loads(got.body)["public_id"]
    assert refused(send(f"{cloud.delivery}/raw/upload/fl_getinfo/{name}"), 400)


def test_the_original_comes_as_it_was(cloud: MediaService, picture: dict[str, Any]) -> None:
    got = get(cloud, picture)
    assert got.body == jpeg(600, 400)
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"].startswith("default-src 'none'")
    assert got.headers["content-length"] == str(len(got.body))
    assert "set-cookie" not in got.headers


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("w_150 .jpg", ((150, 100), "JPEG")),
        ("c_fill,w_100,h_100 .png", ((100, 100), "PNG")),
        ("c_fit,w_100,h_100 .webp", ((100, 67), "WEBP")),
        ("w_60/c_pad,w_80,h_80 .avif", ((80, 80), "AVIF")),
        ("w_60,f_gif .jpg", ((60, 40), "GIF")),
        ("w_60 ", ((60, 40), "JPEG")),
        (" .png", ((600, 400), "PNG")),
        ("w_60 .jpeg", ((60, 40), "JPEG")),
    ],
)
def test_sizes_and_formats(
    cloud: MediaService, picture: dict[str, Any], address: str, expected: tuple[tuple[int, int], str]
) -> None:
    transformation, _, ending = address.partition(" ")
    for _ in range(4):  # made, then from the store, then by the fast path of each process
        got = get(cloud, picture, transformation, ending)
        assert got.status == 200, got.body
        image = opened(got.body)
        assert (image.size, image.format) == expected
        assert got.headers["content-type"] == f"image/{expected[1].lower()}"


def test_the_format_follows_the_browser(cloud: MediaService, picture: dict[str, Any]) -> None:
    for _ in range(3):
        for headers, kind in ((CHROME, "AVIF"), (SAFARI, "WEBP"), (OLD, "JPEG")):
            got = get(cloud, picture, "f_auto,w_50", headers=headers)
            assert opened(got.body).format == kind
            assert got.headers["vary"] == "Accept"
    assert "vary" not in get(cloud, picture, "w_50").headers


def test_transparency_and_movement_are_kept(cloud: MediaService) -> None:
    clear = put(cloud, transparent_png(40, 40))
    got = get(cloud, clear, "f_auto,w_20", "", headers=OLD)
    assert opened(got.body).format == "PNG"
    assert opened(got.body).convert("RGBA").getpixel((2, 10))[3] == 0  # type: ignore[index]
    moving = put(cloud, animated_gif(40, 30, 4))
    got = get(cloud, moving, "w_20", ".gif", headers=OLD)
    assert (opened(got.body).n_frames, opened(got.body).size) == (4, (20, 15))  # type: ignore[attr-defined]
    assert opened(get(cloud, moving, "f_auto,w_20", "", headers=CHROME).body).n_frames == 4  # type: ignore[attr-defined]


def test_only_the_right_version_is_kept_forever(cloud: MediaService, picture: dict[str, Any]) -> None:
    for version in (1, picture["version"] - 1):
        assert "immutable" not in get(cloud, picture, "w_50", version=version).headers["cache-control"]
    assert "immutable" in get(cloud, picture, "w_50").headers["cache-control"]


def test_what_lies_on_a_picture_may_change_without_a_new_version(
    cloud: MediaService, picture: dict[str, Any]
) -> None:
    put(cloud, transparent_png(20, 20), public_id="d_mark")
    for text, lasting in (("l_d_mark/fl_layer_apply", False), ("l_text:Arial_20:Hello/fl_layer_apply", True)):
        assert ("immutable" in get(cloud, picture, text).headers["cache-control"]) == lasting


@pytest.mark.parametrize("transformation", ["", "w_70"])
def test_what_a_cache_has_is_not_sent_again(
    cloud: MediaService, picture: dict[str, Any], transformation: str
) -> None:
    etag = get(cloud, picture, transformation).headers["etag"]
    for given in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        got = get(cloud, picture, transformation, headers={"If-None-Match": given})
        assert (got.status, got.body, got.headers["etag"]) == (304, b"", etag)
    assert get(cloud, picture, transformation, headers={"If-None-Match": '"other"'}).status == 200


@pytest.mark.parametrize("transformation", ["", "w_72"])
def test_a_thousand_ranges_are_one_answer(
    cloud: MediaService, picture: dict[str, Any], transformation: str
) -> None:
    whole = get(cloud, picture, transformation).body
    asked = "bytes=" + ",".join("0-0" for _ in range(1000))
    got = get(cloud, picture, transformation, headers={"Range": asked})
    assert (got.status, got.body) == (200, whole)


@pytest.mark.parametrize("transformation", ["", "w_73"])
def test_head_tells_all_but_the_bytes(
    cloud: MediaService, picture: dict[str, Any], transformation: str
) -> None:
    for _ in range(4):
        full, head = get(cloud, picture, transformation), get(cloud, picture, transformation, method="HEAD")
        assert (head.status, head.body) == (200, b"")
        different = {"date", "x-request-id"}
        assert {k: v for k, v in head.headers.items() if k not in different} == {
            k: v for k, v in full.headers.items() if k not in different
        }


def test_saving_under_a_name(cloud: MediaService, picture: dict[str, Any]) -> None:
    plain = get(cloud, picture, "fl_attachment")
    assert plain.body == jpeg(600, 400)
    assert (
        plain.headers["content-disposition"]
        == f'attachment; filename="{picture["public_id"].split("/")[1]}.jpg"'
    )
    named = get(cloud, picture, "w_50,fl_attachment:holiday")
    assert opened(named.body).size[0] == 50
    assert named.headers["content-disposition"] == 'attachment; filename="holiday.jpg"'
    assert "content-disposition" not in get(cloud, picture, "w_50").headers


@pytest.mark.parametrize(
    "transformation",
    ["w_0", "w_abc", "c_nonsense,w_5", "w_100000", "x_1,x_2", "w_-5", "/".join(["w_5"] * 60)],
)
def test_bad_transformations_are_refused_with_the_reason(
    cloud: MediaService, picture: dict[str, Any], transformation: str
) -> None:
    assert len(refused(get(cloud, picture, transformation), 400)) > 10


def test_what_is_not_there(cloud: MediaService, picture: dict[str, Any]) -> None:
    for path in (
        "image/upload/no_such",
        "image/upload/w_10/no_such.jpg",
        "raw/upload/no_such",
        "nonsense/x/y",
        "image",
    ):
        refused(send(f"{cloud.delivery}/{path}"), 404)
    refused(send(f"{cloud.delivery}/image/upload/w_10/{picture['public_id']}.jxl"), 400)


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%252e%252e%252f",
        "..%5c..%5c",
        "%00",
        "%ff%fe",
        "~nobody",
        "a" * 7000,
    ],
)
def test_paths_that_try_to_leave(cloud: MediaService, path: str) -> None:
    got = send(f"{cloud.delivery}/image/upload/{path}")
    assert got.status in (400, 404)
    assert b"root:" not in got.body


def test_private_and_authenticated(cloud: MediaService) -> None:
    def sign(asset: dict[str, Any], transformation: str, length: int = 8) -> str:
        text = f"{transformation}/{asset['public_id']}.jpg" if transformation else f"{asset['public_id']}.jpg"
        return f"s--{signing.sign_delivery(text, 'the secret', length)}--"

    private = put(cloud, jpeg(90, 60), type="private", public_id=f"p{uuid.uuid4().hex}")
    secret = put(cloud, jpeg(90, 60), type="authenticated", public_id=f"a{uuid.uuid4().hex}")
    base = f"{cloud.delivery}/image"
    for length in (8, 32):
        for asset in (private, secret):
            url = f"{base}/{asset['type']}/{sign(asset, '', length)}/v1/{asset['public_id']}.jpg"
            assert send(url).body == jpeg(90, 60)
    assert send(f"{base}/private/w_30/{private['public_id']}.jpg").status == 200
    good = f"{base}/authenticated/{sign(secret, 'w_30')}/w_30/{secret['public_id']}.jpg"
    for _ in range(4):
        assert send(good).status == 200
    wrong = [
        f"{base}/private/{private['public_id']}.jpg",
        f"{base}/private/fl_attachment/{private['public_id']}.jpg",
        f"{base}/private/s--00000000--/w_30/{private['public_id']}.jpg",
        f"{base}/authenticated/{secret['public_id']}.jpg",
        f"{base}/authenticated/w_30/{secret['public_id']}.jpg",
        f"{base}/authenticated/{sign(secret, 'w_30')}/w_31/{secret['public_id']}.jpg",
        f"{base}/authenticated/{sign(secret, 'w_30')}/{secret['public_id']}.jpg",
        f"{base}/authenticated/s----/{secret['public_id']}.jpg",
        f"{base}/authenticated/{sign(secret, '')[:-3]}--/{secret['public_id']}.jpg",
        f"{base}/authenticated/{secret['public_id']}.png",
        f"{base}/authenticated/no_such_asset.jpg",
    ]
    assert len({refused(send(url), 401) for url in wrong}) == 1
    assert send(f"{base}/upload/{secret['public_id']}.jpg").status == 404


def ink(cloud: MediaService, asset: dict[str, Any], words: str) -> tuple[int, int]:
    """Width and height of what a text blackens on white."""
    text = f"e_colorize:100,co_white/l_text:Arial_40:{words},co_black/fl_layer_apply"
    got = get(cloud, asset, text, ".png")
    assert got.status == 200, got.body
    left, top, right, bottom = ImageChops.invert(opened(got.body).convert("L")).getbbox() or (0, 0, 0, 0)
    return right - left, bottom - top


def test_a_text_may_have_lines(cloud: MediaService, picture: dict[str, Any]) -> None:
    wide, low = ink(cloud, picture, "one%20two")
    for lines in ("one%0Atwo", "one%250Atwo"):
        narrow, high = ink(cloud, picture, lines)
        assert narrow < 0.7 * wide
        assert high > 1.6 * low


@pytest.mark.parametrize("name", ["a%0Ab.png", "%0A", "w_10/a%0A/b.png", "a%0D%0Ab%0A"])
def test_a_line_break_in_a_name_is_looked_up_like_any_other(cloud: MediaService, name: str) -> None:
    assert refused(send(f"{cloud.delivery}/image/upload/{name}"), 404).startswith("Resource not found")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("zz_9,w_10/v123/x.jpg", "zz_9"),
        ("w_10/zz_9/v1/x.jpg", "zz_9"),
        ("w_10,zz_9,yy_1/v1/a/x.jpg", "zz_9"),
        ("zz_9/w_10/v1/x", "zz_9"),
    ],
)
def test_a_wrong_parameter_before_a_version_is_named(cloud: MediaService, path: str, named: str) -> None:
    assert named in refused(send(f"{cloud.delivery}/image/upload/{path}"), 400)


@pytest.mark.parametrize("folder", ["zz_9", "zz_9,yy_1", "zz_9/v12", "ab_c/v1", "p_9"])
def test_a_folder_like_a_parameter_is_a_folder(cloud: MediaService, folder: str) -> None:
    name = f"{folder}/x{uuid.uuid4().hex}"
    asset = put(cloud, jpeg(20, 10), public_id=name)
    for path in (f"{name}.jpg", f"v{asset['version']}/{name}.jpg", f"w_5/v1/{name}.jpg"):
        assert send(f"{cloud.delivery}/image/upload/{path}").status == 200
    refused(send(f"{cloud.delivery}/image/upload/{folder.partition('/')[0]}/none.jpg"), 404)


@pytest.mark.parametrize("ending", ["mp4", "webm", "mov", "m3u8"])
def test_video_is_refused_with_the_reason(cloud: MediaService, ending: str) -> None:
    asset = put(cloud, animated_gif(20, 10, 3), public_id=f"moving{uuid.uuid4().hex}")
    for path in (
        f"image/upload/{asset['public_id']}.{ending}",
        f"video/upload/{asset['public_id']}.{ending}",
    ):
        assert "Video is not supported" in refused(send(f"{cloud.delivery}/{path}"), 400)
    if ending in ("mp4", "webm"):
        said = refused(send(f"{cloud.delivery}/image/upload/f_{ending}/{asset['public_id']}"), 400)
        assert ending in said or "ideo" in said


@pytest.mark.parametrize(("ending", "reason"), [("pdf", "documents"), ("PSD", "documents"), ("glb", "three")])
def test_an_extension_is_refused_with_the_reason_of_f(cloud: MediaService, ending: str, reason: str) -> None:
    for name in (put(cloud, jpeg(20, 10), public_id=f"x{uuid.uuid4().hex}")["public_id"], "none"):
        assert reason in refused(send(f"{cloud.delivery}/image/upload/w_5/{name}.{ending}"), 400)
    refused(send(f"{cloud.delivery}/raw/upload/none.{ending}"), 404)
    refused(send(f"{cloud.delivery}/image/upload/none.svg"), 404)


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("css", "text/css; charset=utf-8"),
        ("JSON", "application/json"),
        ("pdf", "application/pdf"),
        ("woff2", "font/woff2"),
        ("txt", "text/plain; charset=utf-8"),
        ("mp3", "audio/mpeg"),
        *(
            (ending, "")
            for ending in ("html", "htm", "xhtml", "svg", "xml", "xsl", "js", "mjs", "swf", "mht", "", "zip")
        ),
    ],
)
def test_raw_files_are_what_they_are_unless_a_browser_would_run_them(
    cloud: MediaService, ending: str, kind: str
) -> None:
    name = f"raw{uuid.uuid4().hex}" + (f".{ending}" if ending else "")
    got = upload(cloud, signed(cloud, public_id=name), b"<script>1</script>", kind="raw")
    assert got.status == 200, got.body
    sent = send(f"{cloud.delivery}/raw/upload/{name}")
    assert sent.headers["content-type"] == (kind or "application/octet-stream")
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert sent.headers["content-security-policy"].endswith("sandbox")
    assert ("content-disposition" in sent.headers) == (not kind)
    saved = send(f"{cloud.delivery}/raw/upload/fl_attachment/{name}")
    assert saved.headers["content-disposition"].startswith("attachment")


def test_a_folder_may_look_like_a_version(cloud: MediaService) -> None:
    name = uuid.uuid4().hex
    longer = json.loads(upload(cloud, signed(cloud, public_id=f"v12/{name}"), jpeg(30, 20)).body)
    address = f"{cloud.delivery}/image/upload/v12/{name}.png"
    for url in (address, longer["url"], f"{cloud.delivery}/image/upload/w_30/v12/{name}.png"):
        assert opened(send(url).body).size == (30, 20)
    upload(cloud, signed(cloud, public_id=name), jpeg(40, 20))
    assert opened(send(address).body).size == (40, 20)
    assert opened(send(longer["url"]).body).size == (30, 20)
