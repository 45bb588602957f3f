"""A certificate for HTTPS without a public name: an own authority, and a leaf that it signs.

The authority is constrained to the hosts it was made for: whoever trusts it risks no other site, even when its
key is stolen. It is kept until another host is asked for.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from picturerail.errors import StartupError

USUAL_HOSTS = ("localhost", "127.0.0.1", "::1")
AUTHORITY_DAYS = 3650
LEAF_DAYS = 397  # browsers refuse longer ones
CLOCK_SKEW = timedelta(days=1)


@dataclass(frozen=True)
class TlsFiles:
    """Where the files lie: the authority that people trust, and the pair that the server uses."""

    authority: Path
    authority_key: Path
    certificate: Path
    key: Path

    @classmethod
    def below(cls, data: Path) -> Self:
        """The files of a data folder."""
        folder = data / "tls"
        names = ("ca.pem", "ca-key.pem", "certificate.pem", "key.pem")
        return cls(*(folder / name for name in names))


def make(data: Path, hosts: tuple[str, ...] = ()) -> TlsFiles:
    """Make a certificate for this machine's usual names and `hosts`; the authority is kept if it covers them."""
    hosts = tuple(dict.fromkeys((*USUAL_HOSTS, *hosts)))
    files = TlsFiles.below(data)
    files.key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not _covers(files, hosts):
        _make_authority(files, hosts)
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    authority_key = serialization.load_pem_private_key(files.authority_key.read_bytes(), None)
    if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
        raise StartupError(
            f"{files.authority_key} is no key that this command made; remove {files.key.parent}."
        )
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = _leaf(hosts, authority, key.public_key())
    _write(files.key, _pem(key))
    _write(files.certificate, _signed(leaf, authority_key) + files.authority.read_bytes())
    return files


def ways_to_trust(authority: Path) -> list[tuple[str, str]]:
    """Who is to trust the authority, and how."""
    return [
        (
            "this system",
            f"cp {authority} /usr/local/share/ca-certificates/picturerail.crt; update-ca-certificates",
        ),
        ("a browser", f"import {authority} under its certificate authorities"),
        ("Node.js", f"NODE_EXTRA_CA_CERTS={authority}"),
        ("Python SDK", f'cat {authority} >> "$(python -m certifi)"'),
        ("curl", f"curl --cacert {authority} ..."),
    ]


def _covers(files: TlsFiles, hosts: tuple[str, ...]) -> bool:
    """Whether there is an authority that lives long enough and may sign for all `hosts`."""
    if not (files.authority.exists() and files.authority_key.exists()):
        return False
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    allowed = (
        authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    )
    lasts = authority.not_valid_after_utc > datetime.now(UTC) + timedelta(days=LEAF_DAYS)
    return lasts and all(_constraint(host) in allowed for host in hosts)


def _make_authority(files: TlsFiles, hosts: tuple[str, ...]) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    title = f"Picturerail local authority {os.uname().nodename}"[:64]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    permitted = [_constraint(host) for host in hosts]
    builder = (
        _dated(AUTHORITY_DAYS)
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, excluded_subtrees=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    _write(files.authority_key, _pem(key))
    _write(files.authority, _signed(builder, key))


def _leaf(
    hosts: tuple[str, ...], authority: x509.Certificate, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    issuer_key = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _dated(LEAF_DAYS)
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[-1][:64])]))
        .issuer_name(authority.subject)
        .public_key(key)
        .add_extension(x509.SubjectAlternativeName([_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key), critical=False
        )
    )


def _dated(days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + timedelta(days=days) - CLOCK_SKEW)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return _dns_name(host)


def _constraint(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_network(host))
    except ValueError:
        return _dns_name(host)


def _dns_name(host: str) -> x509.DNSName:
    try:
        return x509.DNSName(host.lower())
    except ValueError as error:
        raise StartupError(f"{host} is no host name: write it in ASCII (xn--...).") from error


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> bytes:
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    """Write a file that nobody else may read, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    temporary.replace(path)
