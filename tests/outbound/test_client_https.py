"""The fetcher and HTTPS: the name is checked although the address is called."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from picturerail import certificates
from picturerail.errors import BadRequest, Unavailable
from picturerail.gallery.transfer.galleries.client import GalleryClient
from picturerail.outbound.client import OutboundClient
from tests.media.remote_host import RemoteHost
from tests.outbound.test_client import BODY, fetcher, host

__all__ = ["fetcher", "host"]


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[RemoteHost]:
    """A host with a certificate for pictures.example, and the names that it was asked for (SNI)."""
    files = certificates.make(tmp_path, ("pictures.example",))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    with RemoteHost(tls=context) as running:
        context.sni_callback = lambda _, name, __: running.asked.append(name)
        yield running


def reaching(fetcher: OutboundClient, secure: RemoteHost, name: str) -> tuple[OutboundClient, str]:
    """A fetcher for which `name` lies on loopback, and an address there."""
    secure.serve("/a.jpg", BODY)
    there = replace(fetcher, allowed=frozenset({f"{name}:{secure.port}"}), resolve=lambda *_: ["127.0.0.1"])
    return there, f"https://{name}:{secure.port}/a.jpg"


def test_the_name_is_kept_where_the_address_is_called(
    fetcher: OutboundClient, secure: RemoteHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.TlsFiles.below(tmp_path).authority))
    there, url = reaching(fetcher, secure, "pictures.example")
    got = there.get(url)
    assert got.file is not None
    assert got.file.bytes == len(BODY)
    assert secure.asked == ["pictures.example"]
    assert secure.seen[0][2]["host"] == f"pictures.example:{secure.port}"


@pytest.mark.parametrize(("name", "trusted"), [("pictures.example", False), ("other.example", True)])
def test_a_certificate_must_be_trusted_and_made_for_the_name(
    fetcher: OutboundClient,
    secure: RemoteHost,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    *,
    trusted: bool,
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.TlsFiles.below(tmp_path).authority))
    there, url = reaching(fetcher, secure, name)
    with pytest.raises(BadRequest, match="its certificate is not valid"):
        there.get(url)
    assert secure.seen == []


@pytest.mark.parametrize(("name", "good"), [("pictures.example", True), ("other.example", False)])
def test_another_gallery_is_known_by_its_name(
    secure: RemoteHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, good: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.TlsFiles.below(tmp_path).authority))
    secure.serve("/a.json", b"[1]")
    client = GalleryClient.of(f"https://{name}:{secure.port}", {}, 1000, lambda _: None)
    client = replace(client, guard=replace(client.guard, resolve=lambda *_: ["127.0.0.1"]))
    if good:
        assert client.get("a.json") == [1]
    else:
        with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
            client.get("a.json")
    assert set(secure.asked) == {name}
