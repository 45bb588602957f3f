"""The program's own CLOUDINARY_URL, exported for an SDK, does not turn the own media service off."""

from pathlib import Path

import pytest

from picturerail.errors import StartupError
from picturerail.settings import kept_secrets, load


def url(key: str, prefix: str) -> str:
    return f"cloudinary://{key}:secret@picturerail?upload_prefix={prefix}&cname=x"


@pytest.mark.parametrize(
    "prefix",
    [
        "http://127.0.0.1:8000",
        "http://localhost:8000",
        "http://127.0.0.1:9999",  # as printed before it was started with another --port
        "https://pics.example",
        "http://[::1]:8000",
    ],
)
def test_the_own_key_at_an_own_address_is_recognised(tmp_path: Path, prefix: str) -> None:
    environ = {
        "CLOUDINARY_URL": url(kept_secrets(tmp_path)["api_key"], prefix),
        "PICTURERAIL_PUBLIC_URL": "https://pics.example",
    }
    assert load(environ, data=tmp_path).own_media


def test_the_own_key_may_stand_in_a_setting(tmp_path: Path) -> None:
    environ = {"CLOUDINARY_URL": url("4711", "http://127.0.0.1:8000"), "PICTURERAIL_API_KEY": "4711"}
    assert load(environ, data=tmp_path).own_media


@pytest.mark.parametrize(
    ("key", "prefix"),
    [
        ("1234", "https://media.example"),
        ("own", "https://media.example"),  # several machines may share a key
        ("1234", "http://127.0.0.1:9999"),  # another program of this machine
    ],
)
def test_another_cloud_stays_another_cloud(tmp_path: Path, key: str, prefix: str) -> None:
    known = kept_secrets(tmp_path)["api_key"] if key == "own" else key
    assert not load({"CLOUDINARY_URL": url(known, prefix)}, data=tmp_path).own_media


def test_an_account_at_cloudinary_has_no_prefix(tmp_path: Path) -> None:
    assert not load({"CLOUDINARY_URL": "cloudinary://1:a@cloud"}, data=tmp_path).own_media


def test_the_own_address_with_another_key_is_refused(tmp_path: Path) -> None:
    kept_secrets(tmp_path)
    with pytest.raises(StartupError, match="own address, http://127.0.0.1:8000, with the key of another"):
        load({"CLOUDINARY_URL": url("1234", "http://127.0.0.1:8000")}, data=tmp_path)
