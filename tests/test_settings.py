"""Settings are read from the environment only, checked at start, and refused with a sentence."""

import stat
from pathlib import Path

import pytest

from picturerail.errors import StartupError
from picturerail.settings import Settings, kept_secrets, load, with_secrets


def test_defaults_need_no_environment() -> None:
    settings = load({})
    assert settings.site_url == "http://127.0.0.1:8000"
    assert settings.own_media


def test_the_command_line_wins_over_the_environment() -> None:
    assert load({"PICTURERAIL_PORT": "9000"}).port == 9000
    assert load({"PICTURERAIL_PORT": "9000"}, port=9001).port == 9001


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load({"PICTURERAIL_PORT": "", "MONGO_URI": ""}) == load({})


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PICTURERAIL_PORT", "eighty", "whole number"),
        ("PICTURERAIL_PORT", "0", "at least 1"),
        ("PICTURERAIL_PORT", "70000", "between 1 and 65535"),
        ("MONGO_URI", "localhost:27017", "must begin with mongodb://"),
        ("CLOUDINARY_URL", "https://example.com", "cloudinary://KEY:SECRET@CLOUD"),
        ("PICTURERAIL_PUBLIC_URL", "example.com", "http://"),
        ("PICTURERAIL_CLOUD_NAME", "a/b", "letters, digits"),
    ],
)
def test_wrong_values_are_refused_with_a_sentence(name: str, value: str, sentence: str) -> None:
    with pytest.raises(StartupError, match=sentence):
        load({name: value})


def test_children_read_back_what_their_parent_had() -> None:
    settings = load({}, data=Path("/srv/pictures"), port=8123)
    assert load(settings.environment()) == settings


def test_secrets_are_made_once_and_are_private(tmp_path: Path) -> None:
    first = with_secrets(Settings(data=tmp_path))
    assert first.secret_key
    assert with_secrets(Settings(data=tmp_path)) == first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert kept_secrets(tmp_path)["api_key"] == first.api_key


def test_a_given_secret_wins_over_the_kept_one(tmp_path: Path) -> None:
    assert with_secrets(Settings(data=tmp_path, secret_key="given")).secret_key == "given"
    assert with_secrets(Settings(data=tmp_path)).secret_key != "given"


def test_the_fetch_map_leads_from_addresses_to_files(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    given = f"http://example.com/a?b=c={tmp_path}/a.png,https://example.com/d={tmp_path}/a.png"
    files = load({"PICTURERAIL_FETCH_MAP": given}).fetch_files
    assert files == {
        "http://example.com/a?b=c": tmp_path / "a.png",
        "https://example.com/d": tmp_path / "a.png",
    }


@pytest.mark.parametrize("given", ["http://example.com/a", "a.png=b.png", "http://example.com/a=missing.png"])
def test_a_fetch_map_without_its_file_is_refused(given: str) -> None:
    with pytest.raises(StartupError, match="PICTURERAIL_FETCH_MAP"):
        load({"PICTURERAIL_FETCH_MAP": given})
