"""A setting's value is parsed, checked at start, and refused with a sentence."""

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
        ("PICTURERAIL_STRICT_TRANSFORMATIONS", "maybe", "true or false"),
        ("PICTURERAIL_PUBLIC_URL", "https://pics.example/photos", "cannot have a path"),
        ("PICTURERAIL_PUBLIC_URL", "https://pics.example/?a=b", "plain address"),
        ("PICTURERAIL_PUBLIC_URL", "https://", "http://"),
        ("PICTURERAIL_PUBLIC_URL", "https://pics.example:port", "no address"),
        ("PICTURERAIL_CDN_URL", "https://cdn.example/#a", "plain address"),
        ("PICTURERAIL_EDGES", "edge1", "HOST:PORT"),
        ("PICTURERAIL_EDGES", "edge1:8081", "PICTURERAIL_EDGE_SECRET"),
        ("PICTURERAIL_TRUSTED_PROXIES", "10.0.0.0/8,nginx", "not 'nginx'"),
        ("PICTURERAIL_CDN_PURGE_TOKEN", "t", "without PICTURERAIL_CDN_PURGE"),
        ("PICTURERAIL_STORE", "foo", "s3://KEY:SECRET@BUCKET"),
        ("PICTURERAIL_STORE_BEFORE", "foo", "PICTURERAIL_STORE_BEFORE must"),
        ("PICTURERAIL_STORE_BEFORE", "folder", "the same store"),
        ("PICTURERAIL_OIDC_ISSUER", "https://login.example", "needs PICTURERAIL_OIDC_CLIENT_ID"),
        ("PICTURERAIL_OIDC_CLIENT_ID", "site", "are for PICTURERAIL_OIDC_ISSUER"),
        ("PICTURERAIL_PASSWORD_SIGN_IN", "false", "lets nobody in"),
    ],
)
def test_wrong_values_are_refused_with_a_sentence(name: str, value: str, sentence: str) -> None:
    with pytest.raises(StartupError, match=sentence):
        load({name: value})


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ISSUER", "login.example", "must be an address"),
        ("ISSUER", "http://login.example", "http:// is good for this machine"),
        ("ISSUER", "http://8.8.8.8", "http:// is good for this machine"),
        ("ISSUER", "https://login.example/?a=b", "without a query"),
        ("ISSUER", "https://ann@login.example", "must be an address"),
        ("SCOPE", "email", "the word openid"),
        ("NEW_ROLE", "king", "one of viewer, contributor, editor, owner"),
        ("ROLES", "staff=editor", "needs PICTURERAIL_OIDC_ROLE_CLAIM"),
    ],
)
def test_a_provider_that_cannot_be_is_refused(name: str, value: str, sentence: str) -> None:
    given = {"PICTURERAIL_OIDC_ISSUER": "https://login.example", "PICTURERAIL_OIDC_CLIENT_ID": "site"}
    with pytest.raises(StartupError, match=sentence):
        load({**given, f"PICTURERAIL_OIDC_{name}": value})
    with pytest.raises(StartupError, match="VALUE=ROLE"):
        load({**given, "PICTURERAIL_OIDC_ROLE_CLAIM": "a", "PICTURERAIL_OIDC_ROLES": "staff=king"})
    for issuer in ("http://localhost:8080/realms/a", "http://192.168.1.2:9000", "http://[::1]:9000"):
        assert load({**given, "PICTURERAIL_OIDC_ISSUER": issuer}).oidc_issuer == issuer


@pytest.mark.parametrize(
    ("given", "value"), [("1", True), ("TRUE", True), ("on", True), ("0", False), ("no", False)]
)
def test_switches_are_written_as_people_write_them(given: str, value: bool) -> None:
    assert load({"PICTURERAIL_STRICT_TRANSFORMATIONS": given}).strict_transformations is value


def test_lists_are_texts_with_commas_between() -> None:
    assert load({"PICTURERAIL_FETCH_DOMAINS": " a.example, ,*.b.example "}).fetch_domains == (
        "a.example",
        "*.b.example",
    )


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://PICS.example/", "https://pics.example"),
        ("https://pics.example:443", "https://pics.example"),
        ("http://pics.example:80/", "http://pics.example"),
        ("https://pics.example:8443", "https://pics.example:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_the_public_address_is_written_as_browsers_write_it(given: str, address: str) -> None:
    assert load({"PICTURERAIL_PUBLIC_URL": given}).site_url == address


def test_children_read_back_what_their_parent_had() -> None:
    settings = load({}, data=Path("/srv/pictures"), port=8123)
    assert load(settings.environment()) == settings


def test_children_take_what_is_empty_for_decided(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('fetch_domains = []\npage_size = 7\nhost = "::1"')
    settings = load({}, data=tmp_path)
    (tmp_path / "settings.toml").write_text("page_size = 9\nbroken")
    assert settings.fetch_domains == ()
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
