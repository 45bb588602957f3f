"""The one table of settings: name, type, default and help of each. The reference page is generated from it."""

import os
from dataclasses import dataclass, fields
from pathlib import Path

from picturerail.settings.entry import List, as_text
from picturerail.settings.entry import setting as _setting
from picturerail.settings.https import HttpsSettings
from picturerail.settings.provider import ProviderSettings

MEGABYTE = 1024 * 1024
CHILD = "PICTURERAIL_CHILD"  # set for our own children, for whom everything is decided


@dataclass(frozen=True, kw_only=True)
class Settings(HttpsSettings, ProviderSettings):
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
        "PICTURERAIL_PUBLIC_URL",
        "",
        "Address by which visitors reach the site, without a path; empty means the address that is asked",
    )
    trusted_proxies: List = _setting(
        "PICTURERAIL_TRUSTED_PROXIES",
        (),
        "Addresses or networks (10.0.0.0/8) of the reverse proxies in front, with commas between; what they say "
        "of the visitor's address and scheme is believed",
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
        "PICTURERAIL_IMAGE_SECONDS",
        20,
        "Seconds of the processor after which work on one picture is stopped",
        minimum=1,
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
    disk_reserve: int = _setting(
        "PICTURERAIL_DISK_RESERVE",
        0,
        "Bytes of the disk that stay free for the database; 0 means 1 GB, or a fifth of a small disk",
        minimum=0,
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
    answer_bytes: int = _setting(
        "PICTURERAIL_ANSWER_BYTES",
        256 * MEGABYTE,
        "Memory of all web server processes for answers that visitors have not taken yet",
        minimum=16 * MEGABYTE,
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
    token_calls_per_minute: int = _setting(
        "PICTURERAIL_TOKEN_CALLS_PER_MINUTE",
        600,
        "Calls of the JSON API a minute that a token may make",
        minimum=1,
    )
    guest_pictures_per_hour: int = _setting(
        "PICTURERAIL_GUEST_PICTURES_PER_HOUR",
        200,
        "Pictures an hour that may come from one address by share links which let guests add",
        minimum=1,
    )
    session_days: int = _setting(
        "PICTURERAIL_SESSION_DAYS", 30, "Days after which one must sign in again", minimum=1
    )
    session_idle_days: int = _setting(
        "PICTURERAIL_SESSION_IDLE_DAYS",
        14,
        "Days without use after which one must sign in again, sooner than after those of the session",
        minimum=1,
    )
    activity_days: int = _setting(
        "PICTURERAIL_ACTIVITY_DAYS", 365, "Days for which the activity log is kept", minimum=1
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
    fetch_allow: List = _setting(
        "PICTURERAIL_FETCH_ALLOW",
        (),
        "HOST or HOST:PORT, with commas between: may be fetched from and notified although not public",
    )
    fetch_domains: List = _setting(
        "PICTURERAIL_FETCH_DOMAINS",
        ("*",),
        "Hosts, with commas between, whose pictures delivery type fetch shows without a signature; *.HOST takes "
        "in what is below it, * is every host",
    )
    callback_hosts: List = _setting(
        "PICTURERAIL_CALLBACK_HOSTS",
        (),
        "Hosts, with commas between, to whose pages a form upload that is not signed may lead a browser on by "
        "`callback`, beside the site's own; *.HOST takes in what is below it. A signed one names any page",
    )
    default_visibility: str = _setting(
        "PICTURERAIL_DEFAULT_VISIBILITY",
        "public",
        "Who sees a picture about which its uploader says nothing: public, unlisted or private",
    )
    keep_metadata: bool = _setting(
        "PICTURERAIL_KEEP_METADATA",
        False,
        "Let visitors have files with their location, serial numbers and all else that a camera wrote into them, but "
        "where a picture or album says otherwise",
    )
    sizes_after_upload: bool = _setting(
        "PICTURERAIL_SIZES_AFTER_UPLOAD",
        True,
        "Make the sizes that pages use after an upload, while nothing else is to be made; at the own media service",
    )
    private_site: bool = _setting(
        "PICTURERAIL_PRIVATE_SITE",
        False,
        "Show nothing to anybody who has not signed in or holds a share link",
    )
    strict_transformations: bool = _setting(
        "PICTURERAIL_STRICT_TRANSFORMATIONS",
        False,
        "Refuse transformations that are neither signed, nor allowed for strict, nor made eagerly",
    )
    strict_signatures: bool = _setting(
        "PICTURERAIL_STRICT_SIGNATURES",
        False,
        "Believe signatures of API calls of version 2 by SHA-256 only; clients need signature_algorithm=sha256",
    )
    tag_lists: bool = _setting(
        "PICTURERAIL_TAG_LISTS",
        False,
        "Let anybody list the public assets with a tag, as scripts in pages do: /<cloud>/image/list/<tag>.json",
    )
    auth_token_key: str = _setting(
        "PICTURERAIL_AUTH_TOKEN_KEY",
        "",
        "Key (hexadecimal) of the tokens that open restricted media; empty makes one from the API secret",
        secret=True,
    )
    notification_days: int = _setting(
        "PICTURERAIL_NOTIFICATION_DAYS",
        7,
        "Days for which a notification is sent again to a receiver that does not take it",
        minimum=1,
    )
    fetch_map: List = _setting(
        "PICTURERAIL_FETCH_MAP",
        (),
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
    import_folders: List = _setting(
        "PICTURERAIL_IMPORT_FOLDERS",
        (),
        "Folders of this machine, with commas between, from which owners may import pictures on a page",
    )
    old_cloud: str = _setting(
        "PICTURERAIL_OLD_CLOUD",
        "",
        "CLOUDINARY_URL of an account from which assets that are not here are taken on their first request",
        secret=True,
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
    edges: List = _setting(
        "PICTURERAIL_EDGES", (), "Inner addresses HOST:PORT of the nginx edges to purge, separated by commas"
    )
    cdn_purge: str = _setting(
        "PICTURERAIL_CDN_PURGE",
        "",
        'How the CDN forgets: PURGE (that method on each address) or an URL that takes a POST of {"files": [...]}',
    )
    cdn_purge_token: str = _setting(
        "PICTURERAIL_CDN_PURGE_TOKEN", "", "Bearer token of the CDN's purge interface", secret=True
    )
    metrics_token: str = _setting(
        "PICTURERAIL_METRICS_TOKEN",
        "",
        "Bearer token that opens /metrics to Prometheus on another machine; empty: this machine only",
        secret=True,
    )

    @property
    def own_media(self) -> bool:
        """True when the program's own media service is the cloud."""
        return not self.cloudinary_url

    @property
    def web_processes(self) -> int:
        """How many processes answer visitors."""
        return self.workers or os.cpu_count() or 1

    @property
    def image_processes(self) -> int:
        """How many pictures are worked on at once: two at least, so that a cheap one need not wait for a dear one."""
        return max(2, self.image_workers or os.cpu_count() or 1)

    @property
    def site_url(self) -> str:
        """The address by which visitors reach the site, without a slash at its end."""
        if self.public_url:
            return self.public_url
        host = "127.0.0.1" if self.host in ("", "0.0.0.0", "::") else self.host  # noqa: S104
        scheme = "https" if self.tls_cert else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def fetch_files(self) -> dict[str, Path]:
        """The fetch map: file by address."""
        pairs = (pair.rpartition("=") for pair in self.fetch_map)
        return {url: Path(file) for url, _, file in pairs}

    @property
    def metrics_folder(self) -> Path:
        """Folder in which the processes of one server add up what they measure."""
        return self.run_folder / "metrics"

    @property
    def run_folder(self) -> Path:
        """Folder of sockets, locks and process files."""
        return self.data / "run"

    @property
    def spool_folder(self) -> Path:
        """Folder of files on their way in."""
        return self.data / "spool"

    def environment(self) -> dict[str, str]:
        """These settings as the environment of a child process, which looks for no others."""
        return {f.metadata["env"]: as_text(getattr(self, f.name)) for f in fields(self)} | {CHILD: "1"}
