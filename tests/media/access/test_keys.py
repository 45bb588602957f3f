"""Several pairs of key and secret: each may what its role says, and a second after it is disabled nothing."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from cloudinary import Search, api, uploader, utils
from cloudinary.exceptions import AuthorizationRequired, NotAllowed

from picturerail.database import Database
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.media.access import key_pairs
from picturerail.media.key_pair import ROLES, KeyPair
from tests.files import jpeg
from tests.media_service import MediaService
from tests.service import wait_until

Call = Callable[[dict[str, Any]], object]


def made(records: Database, role: str) -> KeyPair:
    return key_pairs.add(records, f"{role} {uuid.uuid4().hex[:8]}", role)


def as_options(pair: KeyPair) -> dict[str, Any]:
    return {"api_key": pair.key, "api_secret": pair.secret}


def upload(options: dict[str, Any]) -> dict[str, Any]:
    name = "keys/one" if not options else f"keys/{uuid.uuid4().hex}"
    answer: dict[str, Any] = uploader.upload(jpeg(60, 40), public_id=name, tags="keys", **options)
    return answer


CALLS: dict[str, tuple[Call, tuple[str, ...]]] = {
    "upload": (upload, ("all", "upload")),
    "explicit": (lambda options: uploader.explicit("keys/one", type="upload", **options), ("all",)),
    "rename": (lambda options: uploader.rename("keys/two", "keys/three", **options), ("all",)),
    "tags": (lambda options: uploader.add_tag("new", ["keys/one"], **options), ("all",)),
    "destroy": (lambda options: uploader.destroy("keys/gone", **options), ("all",)),
    "text": (lambda options: uploader.text("hello", public_id="keys/text", **options), ("all",)),
    "resources": (lambda options: api.resources(**options), ("all", "read")),
    "resource": (lambda options: api.resource("keys/one", **options), ("all", "read")),
    "usage": (lambda options: api.usage(**options), ("all", "read")),
    "search": (lambda options: Search().expression("tags=keys").execute(**options), ("all", "read")),
    "update": (lambda options: api.update("keys/one", tags="keys", **options), ("all",)),
    "delete": (lambda options: api.delete_resources(["keys/gone"], **options), ("all",)),
    "folder": (lambda options: api.create_folder("keys/folder", **options), ("all",)),
    "ping": (lambda options: api.ping(**options), ("all", "upload", "read")),
}


@pytest.mark.parametrize("role", ROLES)
def test_a_key_may_what_its_role_says(cloud: MediaService, records: Database, role: str) -> None:
    upload({})
    pair = made(records, role)
    options = as_options(pair)
    for name, (call, roles) in CALLS.items():
        if name == "rename":
            uploader.upload(jpeg(60, 40), public_id="keys/two")
            uploader.destroy("keys/three")
        if role in roles:
            call(options)
        else:
            with pytest.raises(NotAllowed, match=f"The API key '{pair.name}' may {ROLES[role]}"):
                call(options)
    [kept] = [each for each in key_pairs.pairs(records) if each.key == pair.key]
    assert kept.used_at is not None


@pytest.mark.parametrize("path", ["/image/sprite", "/image/multi", "/image/generate_archive"])
def test_what_keeps_something_is_no_reading(path: str) -> None:
    assert not KeyPair("1", "s", "reader", "read").may("GET", path)
    assert KeyPair("1", "s", "reader", "read").may("GET", "/resources/image")


def is_let_in(options: dict[str, Any]) -> bool:
    try:
        return bool(api.ping(**options))
    except AuthorizationRequired:
        return False


def test_an_answer_is_signed_with_the_secret_of_whoever_asked(cloud: MediaService, records: Database) -> None:
    """So that the SDK's own check of it holds."""
    first = upload({})
    options = as_options(made(records, "upload"))
    answer = upload(options)
    assert utils.verify_api_response_signature("keys/one", first["version"], first["signature"])
    for secret, good in ((options["api_secret"], True), (cloud.sdk_config["api_secret"], False)):
        signed = utils.api_sign_request(
            {"public_id": answer["public_id"], "version": answer["version"]},
            secret,
            utils.SIGNATURE_SHA1,
            1,  # the form that is used in answers
        )
        assert (answer["signature"] == signed) == good


def test_a_disabled_key_is_refused_soon_by_every_process_and_comes_back(
    cloud: MediaService, records: Database
) -> None:
    pair = made(records, "all")
    options = as_options(pair)
    assert all(is_let_in(options) for _ in range(10))
    key_pairs.set_disabled(records, pair.name, disabled=True)
    wait_until(lambda: not any(is_let_in(options) for _ in range(10)), seconds=10)
    for call in (upload, CALLS["resources"][0]):
        with pytest.raises(AuthorizationRequired):
            call(options)
    key_pairs.set_disabled(records, pair.name, disabled=False)
    assert is_let_in(options)
    key_pairs.remove(records, pair.name)
    wait_until(lambda: not any(is_let_in(options) for _ in range(10)), seconds=10)
    assert is_let_in({}), "the pair of the settings is always good"


def test_pairs_do_not_mix(cloud: MediaService, records: Database) -> None:
    one, other = made(records, "all"), made(records, "all")
    for secret in (other.secret, cloud.sdk_config["api_secret"], ""):
        mixed = {"api_key": one.key, "api_secret": secret}
        assert not (secret and is_let_in(mixed))
        if secret:
            with pytest.raises(AuthorizationRequired):
                upload(mixed)


def test_names_and_roles_are_checked(records: Database) -> None:
    pair = made(records, "read")
    with pytest.raises(Conflict):
        key_pairs.add(records, pair.name, "all")
    for name, role in (("", "all"), ("x" * 101, "all"), ("x", "owner")):
        with pytest.raises(BadRequest):
            key_pairs.add(records, name, role)
    with pytest.raises(NotFound):
        key_pairs.remove(records, "nobody")
    with pytest.raises(NotFound):
        key_pairs.set_disabled(records, "nobody", disabled=True)
