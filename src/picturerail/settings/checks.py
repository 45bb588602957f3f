"""What is refused at start: values that cannot be meant, and settings that contradict each other."""

import ipaddress
import re
import string
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import parse_qs

from picturerail.errors import StartupError
from picturerail.settings.table import Settings
from picturerail.url_parts import is_web, split_url

MAX_PORT = 65535
MAX_PATIENCE_SECONDS = 60
_BUCKET = re.compile(r"[a-z][a-z0-9+.-]*://[^/?]")
NAME_LETTERS = set(string.ascii_letters + string.digits + "-_")


def check(settings: Settings) -> None:
    """Raise StartupError, with a sentence that names the setting, unless all is well."""
    for one in CHECKS:
        one(settings)


def _ports(settings: Settings) -> None:
    if settings.port > MAX_PORT or settings.media_port > MAX_PORT:
        raise StartupError("A port must lie between 1 and 65535.")


def _addresses(settings: Settings) -> None:
    if settings.mongo_uri and not settings.mongo_uri.startswith(("mongodb://", "mongodb+srv://")):
        raise StartupError("MONGO_URI must begin with mongodb:// or mongodb+srv://.")
    check_cloudinary_url(settings.cloudinary_url)
    for name, value in (
        ("PICTURERAIL_PUBLIC_URL", settings.public_url),
        ("PICTURERAIL_CDN_URL", settings.cdn_url),
    ):
        if value and not _is_web(value):
            raise StartupError(f"{name} must begin with http:// or https://.")
        if split_url(value).query or split_url(value).fragment or split_url(value).username:
            raise StartupError(f"{name} must be a plain address, such as https://pictures.example.")


def check_cloudinary_url(url: str) -> None:
    """Raise StartupError for what the SDK would not understand. "" is no account."""
    parts = split_url(url)
    if url and not (parts.scheme == "cloudinary" and parts.hostname and parts.username and parts.password):
        raise StartupError("CLOUDINARY_URL must look like cloudinary://KEY:SECRET@CLOUD.")
    prefixes = parse_qs(parts.query).get("upload_prefix", [])
    if not all(map(_is_web, prefixes)):
        raise StartupError("upload_prefix in CLOUDINARY_URL must begin with http:// or https://.")


def _is_web(url: str) -> bool:
    """Whether it is an address of the web, with its scheme in small letters, as it is compared everywhere."""
    return url.startswith("http") and is_web(url)


def _public_path(settings: Settings) -> None:
    if path := split_url(settings.public_url).path:
        raise StartupError(
            f"PICTURERAIL_PUBLIC_URL cannot have a path ({path}): the site needs a host name of its own, such as "
            f"https://pictures.example, not a folder of another site."
        )


def _patience(settings: Settings) -> None:
    if settings.patience_seconds > MAX_PATIENCE_SECONDS:
        raise StartupError(f"PICTURERAIL_PATIENCE_SECONDS must be at most {MAX_PATIENCE_SECONDS}.")


def _edges(settings: Settings) -> None:
    if settings.edge_secret and not re.fullmatch(r"[A-Za-z0-9_-]{16,}", settings.edge_secret):
        raise StartupError("PICTURERAIL_EDGE_SECRET must be at least 16 letters, digits, - or _.")
    for address in settings.edges:
        if not re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[^:/@\s]+):\d{1,5}", address):
            raise StartupError(f"PICTURERAIL_EDGES must be HOST:PORT, with commas between, not '{address}'.")
    if settings.edges and not settings.edge_secret:
        raise StartupError(
            "PICTURERAIL_EDGES needs PICTURERAIL_EDGE_SECRET, which edges and origin share. Set both."
        )
    if settings.cdn_purge not in ("", "PURGE") and not (
        settings.cdn_purge.startswith("https://") and _is_web(settings.cdn_purge)
    ):
        raise StartupError("PICTURERAIL_CDN_PURGE must be PURGE or an address that begins with https://.")
    if settings.cdn_purge_token and not settings.cdn_purge:
        raise StartupError(
            "PICTURERAIL_CDN_PURGE_TOKEN is of no use without PICTURERAIL_CDN_PURGE. Set both."
        )


def _proxies(settings: Settings) -> None:
    for proxy in settings.trusted_proxies:
        try:
            ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            raise StartupError(
                f"PICTURERAIL_TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8, not '{proxy}'."
            ) from None


def _tls(settings: Settings) -> None:
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise StartupError("Give both PICTURERAIL_TLS_CERT and PICTURERAIL_TLS_KEY, or neither.")
    for tls_file in filter(None, (settings.tls_cert, settings.tls_key)):
        if not Path(tls_file).is_file():
            raise StartupError(f"The TLS file {tls_file} does not exist.")


def _domain(settings: Settings) -> None:
    domain = settings.domain
    if not domain:
        if settings.acme_url or settings.acme_root or settings.acme_email:
            raise StartupError("PICTURERAIL_ACME_... are for PICTURERAIL_DOMAIN. Set that, or unset them.")
        return
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", domain):
        raise StartupError(
            f"PICTURERAIL_DOMAIN is a bare name in small letters, such as pics.example, not '{domain}'."
        )
    if settings.tls_cert:
        raise StartupError(
            "PICTURERAIL_DOMAIN gets a certificate by itself, and PICTURERAIL_TLS_CERT names one. Unset one of them."
        )
    if settings.public_url not in ("", f"https://{domain}"):
        raise StartupError(
            f"PICTURERAIL_DOMAIN makes the site's address https://{domain}, and PICTURERAIL_PUBLIC_URL says "
            f"{settings.public_url}. Unset one of them."
        )
    if settings.acme_url and not settings.acme_url.startswith("https://"):
        raise StartupError("PICTURERAIL_ACME_URL must begin with https://.")
    if settings.acme_root and not Path(settings.acme_root).is_file():
        raise StartupError(f"PICTURERAIL_ACME_ROOT names {settings.acme_root}, which does not exist.")


def _media(settings: Settings) -> None:
    key = settings.auth_token_key
    if len(key) % 2 or not set(key) <= set(string.hexdigits):
        raise StartupError("PICTURERAIL_AUTH_TOKEN_KEY must be an even number of hexadecimal digits.")
    for pair, (url, file) in zip(settings.fetch_map, settings.fetch_files.items(), strict=True):
        if not url.startswith(("http://", "https://")) or not file.is_file():
            raise StartupError(
                f"PICTURERAIL_FETCH_MAP must look like URL=FILE,... with files that exist, not '{pair}'."
            )
    if not settings.cloud_name or not set(settings.cloud_name) <= NAME_LETTERS:
        raise StartupError("PICTURERAIL_CLOUD_NAME may hold letters, digits, - and _ only.")


def _visibility(settings: Settings) -> None:
    known = ("public", "unlisted", "private")
    if settings.default_visibility not in known:
        raise StartupError(f"PICTURERAIL_DEFAULT_VISIBILITY must be one of {', '.join(known)}.")


def _provider(settings: Settings) -> None:
    if not settings.oidc_issuer:
        if settings.oidc_client_id or settings.oidc_client_secret:
            raise StartupError(
                "PICTURERAIL_OIDC_CLIENT_... are for PICTURERAIL_OIDC_ISSUER. Set that, or unset them."
            )
        if not settings.password_sign_in:
            raise StartupError(
                "PICTURERAIL_PASSWORD_SIGN_IN=false lets nobody in without PICTURERAIL_OIDC_ISSUER. Set both."
            )
        return
    if not settings.oidc_client_id:
        raise StartupError("PICTURERAIL_OIDC_ISSUER needs PICTURERAIL_OIDC_CLIENT_ID. Set both.")
    if not _is_issuer(settings.oidc_issuer):
        raise StartupError(
            "PICTURERAIL_OIDC_ISSUER must be an address such as https://login.example, without a query; http:// is "
            f"good for this machine and private addresses only, and not for {settings.oidc_issuer}."
        )
    if "openid" not in settings.oidc_scope.split():
        raise StartupError("PICTURERAIL_OIDC_SCOPE must hold the word openid.")
    _provider_roles(settings)


def _provider_roles(settings: Settings) -> None:
    known = ("viewer", "contributor", "editor", "owner")
    if settings.oidc_new_role not in known:
        raise StartupError(f"PICTURERAIL_OIDC_NEW_ROLE must be one of {', '.join(known)}.")
    if settings.oidc_roles and not settings.oidc_role_claim:
        raise StartupError("PICTURERAIL_OIDC_ROLES needs PICTURERAIL_OIDC_ROLE_CLAIM. Set both.")
    for pair in settings.oidc_roles:
        value, _, role = pair.rpartition("=")
        if not value or role not in known:
            raise StartupError(
                f"PICTURERAIL_OIDC_ROLES must look like VALUE=ROLE,... with one of {', '.join(known)}, not '{pair}'."
            )


def _is_issuer(url: str) -> bool:
    """Whether what a provider says at this address comes from it: by TLS, or from a network of one's own."""
    parts = split_url(url)
    host = parts.hostname or ""
    if not host or parts.query or parts.fragment or parts.username:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_near(host))


def _is_near(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost"


def _stores(settings: Settings) -> None:
    if settings.store_before and settings.store_before == (settings.store or "folder"):
        raise StartupError("PICTURERAIL_STORE_BEFORE is the same store as PICTURERAIL_STORE. Unset it.")
    for name, place, words in (
        ("PICTURERAIL_STORE", settings.store, ("",)),
        ("PICTURERAIL_STORE_BEFORE", settings.store_before, ("", "folder")),
    ):
        if place not in words and not _is_bucket(place):
            raise StartupError(
                f"{name} must look like s3://KEY:SECRET@BUCKET/PREFIX?endpoint=URL (or gs://, az://), not '{place}'."
            )
    # a folder's name may have anything in it, but what a bucket's address begins with
    if "://" in settings.backup_to and not _is_bucket(settings.backup_to):
        raise StartupError(
            "PICTURERAIL_BACKUP_TO must be a folder, or look like s3://KEY:SECRET@BUCKET/PREFIX?endpoint=URL."
        )


def _is_bucket(url: str) -> bool:
    return bool(_BUCKET.match(url) and split_url(url).hostname)


def _import_folders(settings: Settings) -> None:
    data = settings.data.resolve()
    for folder in map(Path, settings.import_folders):
        if not folder.is_absolute():
            raise StartupError(
                f"PICTURERAIL_IMPORT_FOLDERS must be whole paths, such as /srv/photos, not '{folder}'."
            )
        if data.is_relative_to(folder.resolve()) or folder.resolve().is_relative_to(data):
            raise StartupError(
                f"PICTURERAIL_IMPORT_FOLDERS names {folder}, where the data folder lies. Name the folders of pictures."
            )


def check_cloud(settings: Settings) -> None:
    """With a cloud elsewhere, nothing may be set that only the own media service heeds."""
    if settings.own_media:
        return
    for name, value in (
        ("PICTURERAIL_STORE", settings.store),
        ("PICTURERAIL_STORE_BEFORE", settings.store_before),
        ("PICTURERAIL_CDN_URL", settings.cdn_url),
    ):
        if value:
            raise StartupError(
                f"CLOUDINARY_URL and {name} contradict each other: with CLOUDINARY_URL the own media service, for "
                f"which {name} is, stays off. Unset one of them."
            )


CHECKS: Iterable[Callable[[Settings], None]] = (
    _ports,
    _addresses,
    _public_path,
    _patience,
    _edges,
    _proxies,
    _tls,
    _domain,
    _media,
    _visibility,
    _provider,
    _stores,
    _import_folders,
)
