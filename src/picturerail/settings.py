"""The one table of settings, and the only reader of the environment.

Each setting has a name, a type, a default and a help text; the reference page is generated from this
table. `load` checks every value at start and answers with one frozen `Settings`.
"""

import json
import os
import re
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from picturerail.errors import StartupError

MEGABYTE = 1024 * 1024


def _setting(env: str, default: Any, help: str, *, minimum: int | None = None, secret: bool = False) -> Any:  # noqa: A002, ANN401
    meta = {"env": env, "help": help, "minimum": minimum, "secret": secret}
    return field(default=default, metadata=meta)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting, parsed and checked. Sizes are in bytes, times in seconds."""

    mongo_uri: str = _setting(
        "MONGO_URI", "", "MongoDB to use, with its database name; empty starts the embedded one", secret=True
    )
    cloudinary_url: str = _setting(
        "CLOUDINARY_URL",
        "",
        "Cloudinary account to use; empty starts the program's own media service",
        secret=True,
    )
    secret_key: str = _setting(
        "SECRET_KEY",
        "",
        "Key that signs cookies; empty makes one and keeps it in the data folder",
        secret=True,
    )
    data: Path = _setting("PICTURERAIL_DATA", Path("data"), "Folder of everything that is kept")
    upload_folder: Path = _setting(
        "PICTURERAIL_UPLOAD_FOLDER",
        Path("static/uploads"),
        "Folder with the files of a tutorial gallery's documents",
    )
    host: str = _setting("PICTURERAIL_HOST", "127.0.0.1", "Address to listen on")
    port: int = _setting("PICTURERAIL_PORT", 8000, "Port to listen on", minimum=1)
    public_url: str = _setting(
        "PICTURERAIL_PUBLIC_URL", "", "Address by which visitors reach the site; empty means HOST:PORT"
    )
    cloud_name: str = _setting("PICTURERAIL_CLOUD_NAME", "picturerail", "Cloud name of the own media service")
    api_key: str = _setting(
        "PICTURERAIL_API_KEY",
        "",
        "API key of the own media service; empty makes one and keeps it",
        secret=True,
    )
    api_secret: str = _setting(
        "PICTURERAIL_API_SECRET",
        "",
        "API secret of the own media service; empty makes one and keeps it",
        secret=True,
    )
    workers: int = _setting(
        "PICTURERAIL_WORKERS", 0, "Web server processes; 0 means one for each core", minimum=0
    )
    threads: int = _setting("PICTURERAIL_THREADS", 16, "Threads of each web server process", minimum=1)
    image_workers: int = _setting(
        "PICTURERAIL_IMAGE_WORKERS",
        0,
        "Processes that decode and encode pictures; 0 means one for each core",
        minimum=0,
    )
    image_queue: int = _setting(
        "PICTURERAIL_IMAGE_QUEUE",
        64,
        "Pictures that may wait for an image worker before 429 is answered",
        minimum=1,
    )
    image_seconds: int = _setting(
        "PICTURERAIL_IMAGE_SECONDS", 20, "Time after which work on one picture is stopped", minimum=1
    )
    image_memory: int = _setting(
        "PICTURERAIL_IMAGE_MEMORY",
        1200 * MEGABYTE,
        "Address space of one image worker",
        minimum=256 * MEGABYTE,
    )
    max_upload_bytes: int = _setting(
        "PICTURERAIL_MAX_UPLOAD_BYTES", 100 * MEGABYTE, "Largest upload", minimum=1
    )
    max_pixels: int = _setting(
        "PICTURERAIL_MAX_PIXELS", 120_000_000, "Most pixels of an uploaded picture", minimum=1
    )
    max_frames: int = _setting("PICTURERAIL_MAX_FRAMES", 1000, "Most frames of an animation", minimum=1)
    derived_bytes: int = _setting(
        "PICTURERAIL_DERIVED_BYTES",
        10 * 1024 * MEGABYTE,
        "Size to which stored derived images may grow",
        minimum=1,
    )
    hot_bytes: int = _setting(
        "PICTURERAIL_HOT_BYTES",
        32 * MEGABYTE,
        "Memory of each web server process for the derived images that are asked for most",
        minimum=0,
    )
    patience_seconds: int = _setting(
        "PICTURERAIL_PATIENCE_SECONDS",
        15,
        "Time after which a visitor who sends nothing more of a request is given up, up to 60",
        minimum=1,
    )
    spool_bytes: int = _setting(
        "PICTURERAIL_SPOOL_BYTES",
        4 * 1024 * MEGABYTE,
        "Bytes of uploads on their way in; what would be more is answered 503",
        minimum=MEGABYTE,
    )
    stranger_bytes: int = _setting(
        "PICTURERAIL_STRANGER_BYTES",
        256 * MEGABYTE,
        "Of these, bytes from senders who have not shown who they are; half of them from one address",
        minimum=MEGABYTE,
    )
    page_size: int = _setting("PICTURERAIL_PAGE_SIZE", 60, "Pictures on one gallery page", minimum=1)
    trash_days: int = _setting(
        "PICTURERAIL_TRASH_DAYS", 30, "Days after which a deleted picture is gone", minimum=1
    )
    sign_in_tries: int = _setting(
        "PICTURERAIL_SIGN_IN_TRIES",
        10,
        "Sign-in tries a minute, for one account and for one address",
        minimum=1,
    )
    session_days: int = _setting(
        "PICTURERAIL_SESSION_DAYS", 30, "Days after which one must sign in again", minimum=1
    )
    media_port: int = _setting(
        "PICTURERAIL_MEDIA_PORT",
        0,
        "Loopback port on which the gallery itself talks to the own media service; 0 takes a free one",
        minimum=0,
    )
    admin_calls_per_hour: int = _setting(
        "PICTURERAIL_ADMIN_CALLS_PER_HOUR",
        50_000,
        "Calls of the Admin API that are answered in an hour",
        minimum=1,
    )
    fetch_seconds: int = _setting(
        "PICTURERAIL_FETCH_SECONDS", 20, "Time after which a file on another host is given up", minimum=1
    )
    fetch_fresh_seconds: int = _setting(
        "PICTURERAIL_FETCH_FRESH_SECONDS",
        86400,
        "Age at which a picture of delivery type fetch is asked for again",
        minimum=0,
    )
    fetch_bytes: int = _setting(
        "PICTURERAIL_FETCH_BYTES",
        10 * 1024 * MEGABYTE,
        "Size to which pictures of delivery type fetch may grow",
        minimum=1,
    )
    fetch_allow: str = _setting(
        "PICTURERAIL_FETCH_ALLOW",
        "",
        "HOST or HOST:PORT, with commas between: may be fetched from and notified although not public",
    )
    fetch_domains: str = _setting(
        "PICTURERAIL_FETCH_DOMAINS",
        "*",
        "Hosts, with commas between, whose pictures delivery type fetch shows without a signature; *.HOST takes "
        "in what is below it, * is every host",
    )
    strict_transformations: int = _setting(
        "PICTURERAIL_STRICT_TRANSFORMATIONS",
        0,
        "1 refuses transformations that are neither signed, nor allowed for strict, nor made eagerly",
        minimum=0,
    )
    auth_token_key: str = _setting(
        "PICTURERAIL_AUTH_TOKEN_KEY",
        "",
        "Key (hexadecimal) of the tokens that open restricted media",
        secret=True,
    )
    notification_days: int = _setting(
        "PICTURERAIL_NOTIFICATION_DAYS",
        7,
        "Days for which a notification is sent again to a receiver that does not take it",
        minimum=1,
    )
    tls_cert: str = _setting("PICTURERAIL_TLS_CERT", "", "Certificate file (PEM) to serve HTTPS with")
    tls_key: str = _setting("PICTURERAIL_TLS_KEY", "", "Key file (PEM) of that certificate")
    fetch_map: str = _setting(
        "PICTURERAIL_FETCH_MAP",
        "",
        "URL=FILE,... answers the fetch of these addresses from files; for tests and closed networks",
    )
    store: str = _setting(
        "PICTURERAIL_STORE",
        "",
        "Object store of all pictures, s3://KEY:SECRET@BUCKET/PREFIX?endpoint=URL; empty uses the data folder",
        secret=True,
    )
    store_before: str = _setting(
        "PICTURERAIL_STORE_BEFORE",
        "",
        "Store before PICTURERAIL_STORE, read until `picturerail storage move` is through; `folder` is the data folder",
        secret=True,
    )
    backup_to: str = _setting(
        "PICTURERAIL_BACKUP_TO",
        "",
        "Folder or s3://... to which backups go by themselves; empty makes none",
        secret=True,
    )
    backup_hours: int = _setting(
        "PICTURERAIL_BACKUP_HOURS", 24, "Hours from one backup to the next", minimum=1
    )
    backup_keep: int = _setting(
        "PICTURERAIL_BACKUP_KEEP", 14, "Snapshots that a backup keeps, the newest; 0 keeps all", minimum=0
    )
    backup_passphrase: str = _setting(
        "PICTURERAIL_BACKUP_PASSPHRASE", "", "Passphrase with which backups are encrypted", secret=True
    )
    cdn_url: str = _setting(
        "PICTURERAIL_CDN_URL",
        "",
        "Address of a pull CDN from which visitors get pictures; empty means the site itself",
    )
    edge_secret: str = _setting(
        "PICTURERAIL_EDGE_SECRET",
        "",
        "Secret that edges show to the origin; with it set, everybody else is refused",
        secret=True,
    )
    edges: str = _setting(
        "PICTURERAIL_EDGES", "", "Inner addresses HOST:PORT of the nginx edges to purge, separated by commas"
    )
    cdn_purge: str = _setting(
        "PICTURERAIL_CDN_PURGE",
        "",
        'How the CDN forgets: PURGE (that method on each address) or an URL that takes a POST of {"files": [...]}',
    )
    cdn_purge_token: str = _setting(
        "PICTURERAIL_CDN_PURGE_TOKEN", "", "Bearer token of the CDN's purge interface", secret=True
    )

    @property
    def own_media(self) -> bool:
        """True when the program's own media service is the cloud."""
        return not self.cloudinary_url

    @property
    def image_processes(self) -> int:
        """How many pictures are worked on at once: two at least, so that a cheap one need not wait for a dear one."""
        return max(2, self.image_workers or os.cpu_count() or 1)

    @property
    def site_url(self) -> str:
        """The address by which visitors reach the site, without a slash at its end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = "127.0.0.1" if self.host in ("", "0.0.0.0", "::") else self.host  # noqa: S104
        scheme = "https" if self.tls_cert else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def fetch_files(self) -> dict[str, Path]:
        """The fetch map: file by address."""
        pairs = (pair.rpartition("=") for pair in self.fetch_map.split(",") if pair)
        return {url: Path(file) for url, _, file in pairs}

    @property
    def run_folder(self) -> Path:
        """Folder of sockets, locks and process files."""
        return self.data / "run"

    def environment(self) -> dict[str, str]:
        """These settings as the environment of a child process."""
        return {f.metadata["env"]: str(getattr(self, f.name)) for f in fields(self)}


def load(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:  # noqa: ANN401
    """Read the settings from the environment; `overrides` (from the command line) win where not None."""
    source = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        given = overrides.pop(setting.name, None)
        if given is None:
            given = source.get(setting.metadata["env"]) or setting.default
        values[setting.name] = _parse(setting.metadata, type(setting.default), given)
    if overrides:
        raise TypeError(f"unknown settings: {', '.join(overrides)}")
    settings = Settings(**values)
    _check(settings)
    return settings


def with_secrets(settings: Settings) -> Settings:
    """Fill the empty secrets from the data folder, making them there on the first start."""
    kept = kept_secrets(settings.data)
    filled = {name: getattr(settings, name) or kept[name] for name in ("secret_key", "api_key", "api_secret")}
    return Settings(**{f.name: getattr(settings, f.name) for f in fields(Settings)} | filled)


def kept_secrets(data: Path) -> dict[str, str]:
    """The secrets kept in the data folder, mode 0600; those that are missing are made and stored."""
    path = data / "secrets.json"
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {
        "secret_key": secrets.token_hex(32),
        "api_key": "".join(secrets.choice(string.digits) for _ in range(15)),
        "api_secret": secrets.token_urlsafe(24).replace("-", "x").replace("_", "y"),
        "mongo_admin": secrets.token_hex(24),
        "mongo_app": secrets.token_hex(24),
    }
    if missing := {name: value for name, value in made.items() if name not in kept}:
        kept |= missing
        _write_private(path, json.dumps(kept, indent=1))
    return kept


def _write_private(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _parse(meta: Mapping[str, Any], kind: type, given: Any) -> Any:  # noqa: ANN401
    if kind is int:
        try:
            number = int(given)
        except ValueError:
            raise StartupError(f"{meta['env']} must be a whole number, not '{given}'.") from None
        if meta["minimum"] is not None and number < meta["minimum"]:
            raise StartupError(f"{meta['env']} must be at least {meta['minimum']}, not {number}.")
        return number
    return Path(given).expanduser().absolute() if issubclass(kind, Path) else str(given)


def _check(settings: Settings) -> None:
    if settings.port > 65535 or settings.media_port > 65535:
        raise StartupError("A port must lie between 1 and 65535.")
    if settings.mongo_uri and not settings.mongo_uri.startswith(("mongodb://", "mongodb+srv://")):
        raise StartupError("MONGO_URI must begin with mongodb:// or mongodb+srv://.")
    if settings.cloudinary_url and not settings.cloudinary_url.startswith("cloudinary://"):
        raise StartupError("CLOUDINARY_URL must look like cloudinary://KEY:SECRET@CLOUD.")
    for name, value in (
        ("PICTURERAIL_PUBLIC_URL", settings.public_url),
        ("PICTURERAIL_CDN_URL", settings.cdn_url),
    ):
        if value and not value.startswith(("http://", "https://")):
            raise StartupError(f"{name} must begin with http:// or https://.")
    if settings.edge_secret and not re.fullmatch(r"[A-Za-z0-9_-]{16,}", settings.edge_secret):
        raise StartupError("PICTURERAIL_EDGE_SECRET must be at least 16 letters, digits, - or _.")
    if settings.cdn_purge not in ("", "PURGE") and not settings.cdn_purge.startswith("https://"):
        raise StartupError("PICTURERAIL_CDN_PURGE must be PURGE or an address that begins with https://.")
    if settings.patience_seconds > 60:
        raise StartupError("PICTURERAIL_PATIENCE_SECONDS must be at most 60.")
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise StartupError("Give both PICTURERAIL_TLS_CERT and PICTURERAIL_TLS_KEY, or neither.")
    for tls_file in filter(None, (settings.tls_cert, settings.tls_key)):
        if not Path(tls_file).is_file():
            raise StartupError(f"The TLS file {tls_file} does not exist.")
    if len(settings.auth_token_key) % 2 or not set(settings.auth_token_key) <= set(string.hexdigits):
        raise StartupError("PICTURERAIL_AUTH_TOKEN_KEY must be an even number of hexadecimal digits.")
    for url, file in settings.fetch_files.items():
        if not url.startswith(("http://", "https://")) or not file.is_file():
            raise StartupError(
                f"PICTURERAIL_FETCH_MAP must look like URL=FILE,... with files that exist, not '{url}={file}'."
            )
    allowed = set(string.ascii_letters + string.digits + "-_")
    if not settings.cloud_name or not set(settings.cloud_name) <= allowed:
        raise StartupError("PICTURERAIL_CLOUD_NAME may hold letters, digits, - and _ only.")
