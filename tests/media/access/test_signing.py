"""Signatures, with the official SDK as the oracle."""

import base64
from typing import Any

import cloudinary
import cloudinary.utils
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import create_environ
from werkzeug.wrappers import Request

from picturerail import signing
from picturerail.errors import Unauthorized
from picturerail.media.http.api_request import use_one_alphabet

SECRET = "abcd"
NOW = 1_700_000_000.0
PARAMS: dict[str, Any] = {
    "public_id": "a/b é",
    "timestamp": 1_315_060_510,
    "tags": ["x", "y"],
    "empty": "",
    "overwrite": "0",  # as the SDK of Python writes a no
    "context": "caption=Tom & Jerry",
    "invalidate": True,
}


@pytest.fixture(autouse=True)
def sdk_configured() -> None:
    cloudinary.reset_config()
    cloudinary.config(cloud_name="c", api_key="k", api_secret=SECRET)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("version", [1, 2])
def test_requests_are_signed_as_the_sdk_signs_them(algorithm: str, version: int) -> None:
    theirs = cloudinary.utils.api_sign_request(PARAMS, SECRET, algorithm, version)
    assert signing.sign_request(PARAMS, SECRET, algorithm, version) == theirs
    assert signing.is_signed(PARAMS, theirs, SECRET)


def test_no_and_nothing_at_all_are_told_apart() -> None:
    """What a body of JSON says with false or 0 is signed, so that nobody can add it; what is empty is not."""
    given: dict[str, Any] = {
        "colors": False,
        "quality": 0,
        "tags": [],
        "folder": "",
        "context": None,
        "public_id": "a",
        "async": True,
    }
    assert signing.string_to_sign(given) == "async=true&colors=false&public_id=a&quality=0"


def test_a_documented_example() -> None:
    params: dict[str, Any] = {
        "cloud_name": "dn6ot3ged",
        "timestamp": 1_568_810_420,
        "username": "user@cloudinary.com",
    }
    expected = "14c00ba6d0dfdedbc86b316847d95b9e6cd46d94"
    text = "cloud_name=dn6ot3ged&timestamp=1568810420&username=user@cloudinary.com"
    assert signing._hex(text + "hdcixPpR2iKERPwqvH6sHdK9cyac", "sha1") == expected
    assert "cloud_name" not in signing.string_to_sign(params)  # uploads never sign it


@pytest.mark.parametrize(
    "change",
    [
        {"public_id": "a/c"},
        {"timestamp": 1_315_060_511},
        {"tags": ["x"]},
        {"new": "1"},
        {"context": None},
    ],
)
def test_any_change_breaks_the_signature(change: dict[str, Any]) -> None:
    signature = signing.sign_request(PARAMS, SECRET)
    assert not signing.is_signed(PARAMS | change, signature, SECRET)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_digits_count_in_capitals_too(algorithm: str) -> None:
    """As Convert.ToHexString of .NET and PowerShell write them."""
    capitals = signing.sign_request(PARAMS, SECRET, algorithm).upper()
    assert signing.is_signed(PARAMS, capitals, SECRET)
    assert signing.is_signed(PARAMS, capitals, SECRET, newest_only=True) == (algorithm == "sha256")


def test_no_other_signature_is_believed() -> None:
    signature = signing.sign_request(PARAMS, SECRET)
    wrong = ["", "null", signature + "0", "ü" * 40, "\udcff" * 40]
    wrong += [signature[:length] for length in range(1, len(signature))]
    wrong += [signature[:i] + ("0" if signature[i] != "0" else "1") + signature[i + 1 :] for i in range(40)]
    wrong += [signing.sign_request(PARAMS, "other")]
    assert not any(signing.is_signed(PARAMS, text, SECRET) for text in wrong)


def test_only_the_newest_signature_counts_where_that_is_set() -> None:
    theirs = {
        (algorithm, version): cloudinary.utils.api_sign_request(PARAMS, SECRET, algorithm, version)
        for algorithm in ("sha1", "sha256")
        for version in (1, 2)
    }
    believed = [
        how for how, text in theirs.items() if signing.is_signed(PARAMS, text, SECRET, newest_only=True)
    ]
    assert believed == [("sha256", 2)]


@pytest.mark.parametrize("newest_only", [False, True])
def test_what_is_said_about_a_signature_may_be_signed_or_not(newest_only: bool) -> None:
    about = {"signature_algorithm": "sha256", "signature_version": "2"}
    for signed in (PARAMS, PARAMS | about):
        signature = signing.sign_request(signed, SECRET, "sha256")
        assert signing.is_signed(PARAMS | about, signature, SECRET, newest_only=newest_only)
        assert not signing.is_signed(
            PARAMS | about | {"tags": "x"}, signature, SECRET, newest_only=newest_only
        )


def test_one_value_cannot_pose_as_two_parameters() -> None:
    signature = signing.sign_request({"folder": "admin", "public_id": "x"}, SECRET, version=1)
    assert signing.is_signed({"folder": "admin", "public_id": "x"}, signature, SECRET)
    assert not signing.is_signed({"folder": "admin&public_id=x"}, signature, SECRET)


@pytest.mark.parametrize("age", [0, 3599, -299])
def test_fresh_requests_pass(age: int) -> None:
    signing.check_age(str(int(NOW) - age), NOW)
    signing.check_age(f"{int(NOW) - age}.5", NOW)
    signing.check_age(str((int(NOW) - age) * 1000 + 999), NOW)


@pytest.mark.parametrize(
    ("timestamp", "sentence"),
    [
        (str(int(NOW) - 3601), "Stale request - reported time is"),
        (str(int(NOW) + 3600), "in the future"),
        ("", "timestamp"),
        ("-1", "timestamp"),
        ("٣", "timestamp"),
        ("1e9", "timestamp"),
        ("9" * 400, "timestamp"),
        ("9" * 13, "in the future"),
        ("1" * 12, "timestamp"),
        (f"{int(NOW) - 3700}000", "Stale request"),
    ],
)
def test_stale_and_strange_times_are_refused(timestamp: str, sentence: str) -> None:
    with pytest.raises(Unauthorized, match=sentence):
        signing.check_age(timestamp, NOW)


def test_answers_verify_in_the_sdk() -> None:
    signature = signing.sign_response("a&b", 17, SECRET)
    assert cloudinary.utils.verify_api_response_signature("a&b", 17, signature)


@pytest.mark.parametrize("long", [False, True])
def test_delivery_urls_verify_as_the_sdk_makes_them(long: bool) -> None:
    url, _ = cloudinary.utils.cloudinary_url(
        "a/b.jpg", sign_url=True, long_url_signature=long, crop="fill", width=100, version=7
    )
    signature = url.split("/s--")[1].split("--/")[0]
    assert signing.is_delivery_signed("c_fill,w_100/a/b.jpg", signature, SECRET)
    assert not signing.is_delivery_signed("c_fill,w_101/a/b.jpg", signature, SECRET)
    assert not signing.is_delivery_signed("c_fill,w_100/a/b.jpg", signature[:-1], SECRET)
    assert not signing.is_delivery_signed("c_fill,w_100/a/b.jpg", "", SECRET)


def test_a_delivery_signature_made_by_hand() -> None:
    assert signing.sign_delivery("c_fill,w_100/a/b.jpg", "secret") == "v8mMPd1I"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_notifications_verify_in_the_sdk(algorithm: str) -> None:
    at = cloudinary.utils.now()
    signature = signing.sign_notification('{"a":1}', int(at), SECRET, algorithm)
    assert cloudinary.utils.verify_notification_signature('{"a":1}', at, signature, algorithm=algorithm)
    assert not cloudinary.utils.verify_notification_signature('{"a":2}', at, signature, algorithm=algorithm)


@given(st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_credentials_in_either_alphabet(key: str, secret: str) -> None:
    pair = f"{key.replace(':', '')}:{secret}".encode()
    for written in (base64.b64encode(pair), base64.urlsafe_b64encode(pair)):
        environ = create_environ(headers={"Authorization": f"Basic {written.decode()}"})
        use_one_alphabet(environ)
        found = Request(environ).authorization
        assert found is not None
        assert f"{found.username}:{found.password}".encode() == pair
