"""Who may see what, over HTTP: each way that opens, and each refusal, which is the same for missing and forbidden."""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from cloudinary import auth_token
from cloudinary.utils import cloudinary_url

from picturerail import signing
from picturerail.database import Database
from tests.files import jpeg, opened
from tests.media.http import Got, send, signed, upload
from tests.media_service import MediaService
from tests.services import Services

PICTURE = jpeg(60, 40)
KEY = "00112233ff99"
RESTRICTED = ("private", "authenticated")


@pytest.fixture(scope="module")
def cloud(services: Services) -> Iterator[MediaService]:
    env = {"PICTURERAIL_AUTH_TOKEN_KEY": KEY, "PICTURERAIL_FETCH_DOMAINS": "ok.example,*.good.example"}
    with services.media(env) as running:
        yield running


@pytest.fixture(scope="module")
def assets(cloud: MediaService) -> dict[str, dict[str, Any]]:
    """One asset of each type, each with the same public_id."""
    public_id = f"r/{uuid.uuid4().hex}"
    made = {}
    for kind in ("upload", *RESTRICTED):
        got = upload(cloud, signed(cloud, public_id=public_id, type=kind), PICTURE)
        assert got.status == 200, got.body
        made[kind] = json.loads(got.body)
    return made


def url_of(cloud: MediaService, asset: dict[str, Any], **options: Any) -> str:
    """The URL as the SDK makes it."""
    made = {**cloud.sdk_config, "type": asset["type"], "format": "jpg", **options}
    url, _ = cloudinary_url(asset["public_id"], **made)
    return str(url)


def same_refusal(forbidden: Got, missing: Got) -> None:
    """401 with the reason, never cached, and nothing tells whether the asset is there."""
    for got in (forbidden, missing):
        assert got.status == 401, (got.status, got.body)
        assert "www-authenticate" not in got.headers, "a browser would ask its visitor for a password"
        assert got.headers["cache-control"] == "no-store"
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["x-cld-error"]
    assert forbidden.body == missing.body
    unlike = {"date", "x-request-id"}
    assert {k: v for k, v in forbidden.headers.items() if k not in unlike} == {
        k: v for k, v in missing.headers.items() if k not in unlike
    }


def is_refused(got: Got) -> bool:
    """Whether this is the very answer to an authenticated address without a signature."""
    return (
        got.status == 401 and got.headers["cache-control"] == "no-store" and bool(got.headers["x-cld-error"])
    )


def missing(url: str, asset: dict[str, Any]) -> str:
    return url.replace(asset["public_id"], f"r/{uuid.uuid4().hex}")


# ---- signatures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["upload", *RESTRICTED])
@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("changes", [{}, {"width": 30, "crop": "scale"}, {"format": "png"}])
def test_the_sdks_signatures_open(
    cloud: MediaService, assets: dict[str, dict[str, Any]], kind: str, long: bool, changes: dict[str, Any]
) -> None:
    url = url_of(cloud, assets[kind], sign_url=True, long_url_signature=long, **changes)
    signature = next(part for part in url.split("/") if part.startswith("s--"))
    assert len(signature) == len("s----") + (32 if long else 8)
    got = send(url)
    assert got.status == 200, got.body
    assert opened(got.body).width == changes.get("width", 60)
    assert got.headers["cache-control"].startswith("public" if kind == "upload" else "private")


@pytest.mark.parametrize("kind", ["upload", *RESTRICTED])
def test_the_address_in_an_answer_opens(cloud: MediaService, kind: str) -> None:
    """Closed assets are answered with signed addresses, those of eager images too."""
    got = upload(cloud, signed(cloud, public_id=f"é ~/{kind}", type=kind, eager="c_scale,w_30"), PICTURE)
    made = json.loads(got.body)
    for url in (made["secure_url"], made["eager"][0]["secure_url"]):
        assert ("/s--" in url) == (kind == "authenticated" or (kind == "private" and "w_30" not in url))
        assert send(url).status == 200


def test_a_short_signature_by_sha256_opens_too(
    cloud: MediaService, assets: dict[str, dict[str, Any]]
) -> None:
    options = {"sign_url": True, "signature_algorithm": "sha256"}
    assert send(url_of(cloud, assets["authenticated"], **options)).status == 200
    assert send(url_of(cloud, assets["authenticated"], api_secret="other", **options)).status == 401


@pytest.mark.parametrize(
    ("kind", "changes"), [("private", {}), ("authenticated", {}), ("authenticated", {"width": 30})]
)
def test_restricted_media_stay_closed(
    cloud: MediaService, assets: dict[str, dict[str, Any]], kind: str, changes: dict[str, Any]
) -> None:
    url = url_of(cloud, assets[kind], **changes)
    for _ in range(2):
        same_refusal(send(url), send(missing(url, assets[kind])))


def test_derived_images_of_private_originals_are_public(
    cloud: MediaService, assets: dict[str, dict[str, Any]]
) -> None:
    assert send(url_of(cloud, assets["private"], width=30)).status == 200


@pytest.mark.parametrize("kind", ["upload", *RESTRICTED])
def test_no_letter_of_a_signed_url_can_be_changed(
    cloud: MediaService, assets: dict[str, dict[str, Any]], kind: str
) -> None:
    url = url_of(cloud, assets[kind], sign_url=True, width=30, crop="scale")
    assert send(url).status == 200
    head, _, tail = url.partition("/s--")
    signature = tail[:8]
    for wrong in ("", "null", signature[:7], signature + "A", signature.swapcase(), "A" * 8, "A" * 32):
        same = send(f"{head}/s--{wrong}--{tail[10:]}")
        assert same.status == (200 if wrong == signature else 401), wrong
    for changed in (
        url.replace("w_30", "w_31"),
        url.replace("c_scale,", ""),
        url.replace("w_30", "w_30,h_1"),
    ):
        same_refusal(send(changed), send(missing(changed, assets[kind])))
    same_refusal(send(url.replace(".jpg", ".png")), send(missing(url, assets[kind])))


def test_a_signature_made_with_another_secret_is_refused(
    cloud: MediaService, assets: dict[str, dict[str, Any]]
) -> None:
    url = url_of(cloud, assets["authenticated"], sign_url=True, api_secret="other")
    same_refusal(send(url), send(missing(url, assets["authenticated"])))


def test_the_signature_of_one_type_opens_no_asset_that_is_not_signed(
    cloud: MediaService, assets: dict[str, dict[str, Any]]
) -> None:
    """The type is not part of what Cloudinary signs: the same name opens in each type, another name never."""
    url = url_of(cloud, assets["upload"], sign_url=True)
    other = url.replace(assets["upload"]["public_id"], f"{assets['upload']['public_id']}x")
    assert send(other).status == 401


# ---- tokens -----------------------------------------------------------------------------------------------


def token(**options: Any) -> str:
    return str(auth_token.generate(**{"key": KEY, "duration": 60, **options}))


@pytest.mark.parametrize("kind", RESTRICTED)
@pytest.mark.parametrize("where", ["url", "cookie"])
@pytest.mark.parametrize("acl", ["/image/{kind}/*", "/cloud/image/{kind}/*", "*"])
def test_a_token_opens_what_its_acl_names(
    cloud: MediaService, assets: dict[str, dict[str, Any]], kind: str, where: str, acl: str
) -> None:
    url = url_of(cloud, assets[kind])
    given = token(acl=acl.replace("{kind}", kind))
    got = send(f"{url}?{given}") if where == "url" else send(url, headers={"Cookie": given})
    assert got.status == 200
    assert got.headers["cache-control"].startswith("private")
    assert send(url).status == 401  # and opens nothing for the next visitor


def test_the_sdk_makes_urls_with_tokens(cloud: MediaService, assets: dict[str, dict[str, Any]]) -> None:
    made = {"key": KEY, "duration": 60}
    url = url_of(cloud, assets["authenticated"], sign_url=True, auth_token=made)
    assert "__cld_token__=" in url
    assert send(url).status == 200
    same_refusal(send(url.replace("/v1/", "/w_10/v1/")), send(missing(url, assets["authenticated"])))


@pytest.mark.parametrize(
    "options",
    [
        {"acl": "/image/private/*"},
        {"acl": "/image/authenticated/x*"},
        {"acl": "*", "duration": -1},
        {"acl": "*", "start_time": 4_000_000_000},
        {"acl": "*", "ip": "9.9.9.9"},
        {"acl": "*", "key": "00112233ff98"},
        {"url": "/cloud/image/authenticated/v1/other.jpg"},
    ],
)
@pytest.mark.parametrize("changes", [{}, {"width": 20}])
def test_no_other_token_does(
    cloud: MediaService, assets: dict[str, dict[str, Any]], options: dict[str, Any], changes: dict[str, Any]
) -> None:
    url = url_of(cloud, assets["authenticated"], **changes)
    good = send(url, headers={"Cookie": token(acl="*")})
    assert good.status == 200  # a derived image that is there already
    bad = token(**options)
    same_refusal(send(f"{url}?{bad}"), send(missing(url, assets["authenticated"]) + f"?{bad}"))
    same_refusal(send(url, headers={"Cookie": bad}), send(url))


def test_a_stale_token_closes_nothing_public(cloud: MediaService, assets: dict[str, dict[str, Any]]) -> None:
    url = url_of(cloud, assets["upload"])
    assert send(url, headers={"Cookie": token(acl="*", duration=-1)}).status == 200


# ---- access control ---------------------------------------------------------------------------------------


def iso(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


@pytest.mark.parametrize(
    ("rules", "open_to_all"),
    [
        ([{"access_type": "token"}], False),
        ([{"access_type": "anonymous"}], True),
        ([{"access_type": "anonymous", "start": iso(-3600)}], True),
        ([{"access_type": "anonymous", "start": iso(3600)}], False),
        ([{"access_type": "anonymous", "end": iso(-3600)}], False),
        ([{"access_type": "anonymous", "start": iso(-3600), "end": iso(3600)}], True),
        ([{"access_type": "token"}, {"access_type": "anonymous", "start": iso(-3600)}], True),
        ([{"access_type": "token"}, {"access_type": "anonymous", "end": iso(-3600)}], False),
        ([{"access_type": "anonymous", "start": "2018-02-22 16:20:57 +0200"}], True),
        ([{"access_type": "anonymous", "start": "2999-02-22 16:20 +0200"}], False),
        ([{"access_type": "anonymous", "start": "whenever"}], False),
    ],
)
@pytest.mark.parametrize("changes", [{}, {"width": 20}])
def test_access_control(
    cloud: MediaService,
    records: Database,
    rules: list[dict[str, str]],
    open_to_all: bool,
    changes: dict[str, Any],
) -> None:
    asset = json.loads(upload(cloud, signed(cloud), PICTURE).body)
    records["assets"].update_one({"asset_id": asset["asset_id"]}, {"$set": {"access_control": rules}})
    url = url_of(cloud, asset, **changes)
    for _ in range(2):
        got = send(url)
        assert got.status == (200 if open_to_all else 401)
        assert open_to_all or is_refused(got)
        assert got.headers["cache-control"] == ("private, max-age=60" if open_to_all else "no-store")
        assert send(url, headers={"Cookie": token(acl="/image/upload/*")}).status == 200
        assert send(url_of(cloud, asset, sign_url=True, **changes)).status == 200
        assert send(url, headers={"Cookie": token(acl="/image/upload/*", duration=-1)}).status == got.status


def test_access_mode_closes_an_upload(cloud: MediaService, records: Database) -> None:
    asset = json.loads(upload(cloud, signed(cloud), PICTURE).body)
    records["assets"].update_one({"asset_id": asset["asset_id"]}, {"$set": {"access_mode": "authenticated"}})
    assert is_refused(send(url_of(cloud, asset)))
    assert send(url_of(cloud, asset, sign_url=True)).status == 200


def test_a_default_image_stands_in_for_what_is_missing_only(cloud: MediaService, records: Database) -> None:
    closed, default = (json.loads(upload(cloud, signed(cloud), PICTURE).body) for _ in range(2))
    rules = {"access_control": [{"access_type": "token"}]}
    records["assets"].update_one({"asset_id": closed["asset_id"]}, {"$set": rules})
    url = url_of(cloud, closed, default_image=f"{default['public_id']}.jpg", width=20)
    assert is_refused(send(url))
    assert send(missing(url, closed)).status == 200
    records["assets"].update_one({"asset_id": default["asset_id"]}, {"$set": rules})
    assert send(missing(url, closed)).status == 404


# ---- short URLs, and hints --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"shorten": True},
        {"url_suffix": "my-words"},
        {"use_root_path": True},
        {"use_root_path": True, "url_suffix": "my-words"},
        {"use_root_path": True, "width": 30},
        {"url_suffix": "my-words", "width": 30, "format": "png"},
    ],
)
@pytest.mark.parametrize("signs", [False, True])
def test_the_sdks_short_urls(
    cloud: MediaService, assets: dict[str, dict[str, Any]], options: dict[str, Any], signs: bool
) -> None:
    url = url_of(cloud, assets["upload"], sign_url=signs, **options)
    assert "/image/upload/" not in url
    got = send(url)
    assert got.status == 200, (url, got.body)
    assert opened(got.body).width == options.get("width", 60)
    assert opened(got.body).format == ("PNG" if options.get("format") == "png" else "JPEG")


def test_raw_files_with_a_suffix(cloud: MediaService) -> None:
    asset = json.loads(
        upload(cloud, signed(cloud, public_id=f"{uuid.uuid4().hex}.pdf"), b"%PDF", kind="raw").body
    )
    url = url_of(cloud, asset, resource_type="raw", url_suffix="my-words", format=None)
    assert "/files/" in url
    assert send(url).body == b"%PDF"


def test_hints_choose_the_size_and_are_named(cloud: MediaService, assets: dict[str, dict[str, Any]]) -> None:
    url = url_of(
        cloud, assets["upload"], transformation=[{"raw_transformation": "c_scale,w_auto:20,dpr_auto"}]
    )
    for headers, width in (
        ({}, 60),
        ({"Sec-CH-Width": "40", "Sec-CH-DPR": "2"}, 40),
        ({"Sec-CH-Width": "20"}, 20),
    ):
        got = send(url, headers=headers)
        assert opened(got.body).width == width
        assert got.headers["accept-ch"] == "Sec-CH-DPR, Sec-CH-Width, Sec-CH-Viewport-Width"
        # every header that is read is named (RFC 9110 12.5.5), those of older browsers too
        assert got.headers["vary"] == got.headers["accept-ch"] + ", DPR, Width, Viewport-Width"


@pytest.mark.parametrize(
    "url", ["http://other.example/a.jpg", "http://good.example/a.jpg", "http://ok.example.evil/a.jpg"]
)
def test_fetch_from_other_hosts_needs_a_signature(cloud: MediaService, url: str) -> None:
    got = send(f"{cloud.delivery}/image/fetch/{url}")
    assert got.status == 401
    signature = signing.sign_delivery(url, "the secret")
    assert send(f"{cloud.delivery}/image/fetch/s--{signature}--/{url}").status == 400  # asked for, not found
