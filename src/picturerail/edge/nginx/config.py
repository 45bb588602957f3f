"""Write the configuration of one edge: the templates of this folder, filled in from an `Edge`."""

import ipaddress
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from picturerail import cache_policy, cross_origin
from picturerail.edge.format_class import DEPENDS_ON_ACCEPT, accept_map, upstream_map
from picturerail.errors import StartupError
from picturerail.settings import MEGABYTE, Settings
from picturerail.url_parts import split_url

MODULES = Path("/usr/lib/nginx/modules")  # where Debian puts them
OPENED_PART = 8  # what tokens opened may take an eighth of the cache's size beside it
QUEUE_FACTOR = 3  # a picture may wait for others before it is made
SAFE = re.compile(r"[\w./:@+,*\[\]=-]+")  # what may stand in a configuration without quotes
PAGES = "^/(gallery/([0-9a-f]{24})?)?$"  # landing page, gallery, and a picture's page
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class _Template(string.Template):
    """nginx writes $ for its own variables, so ours are %{these}."""

    delimiter = "%"
    pattern = r"%(?:(?P<escaped>%)|(?P<named>(?!))|\{(?P<braced>[a-z_]+)\}|(?P<invalid>(?!)))"  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One edge as its operator describes it; addresses are HOST:PORT."""

    name: str
    folder: Path  # cache, temporary files, pid and log
    listen: str
    inner: str  # where the other edges and purges reach it
    origins: tuple[str, ...]
    # inner addresses of all edges of its row, itself included, in the same order everywhere
    row: tuple[str, ...] = ()
    # on another disk than the cache, so that visitors get all while that one is full
    temp: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    user: str = "www-data"
    workers: str = "auto"
    cache_bytes: int = 10 * 1024 * MEGABYTE
    min_free: int = 64 * MEGABYTE
    rate: int = 400  # requests a second from one address
    connections: int = 200  # at once from one address
    modules: Path = MODULES
    pid: Path | None = None  # in `folder` when not said
    log: Path | None = None  # folder of a log of requests and of errors; without it errors go to `folder`

    @property
    def temp_folder(self) -> Path:
        """Where answers lie until all of them is there."""
        return self.temp or self.folder / "temp"


# What the log says of an address: no query, in which the token of restricted media may stand, and of a link that opens
# something only what it is for.
LOGGED = r"""    map $request_uri $logged {
        ~^(?<link>/(?:s|join|reset|setup)/)  $link...;
        ~^(?<path>[^?]*)\?                   $path?...;
        default                              $request_uri;
    }
"""


def _log(edge: Edge) -> str:
    if not edge.log:
        return "    access_log off;\n"
    asked = '"$request_method $logged $server_protocol"'
    told = "$status $body_bytes_sent $request_time $upstream_cache_status"
    form = f"'$remote_addr [$time_iso8601] {asked} {told}'"
    return (
        f"{LOGGED}    log_format edge {form};\n"
        f"    access_log {edge.log}/access.log edge buffer=64k flush=5s;\n"
    )


def render(settings: Settings, edge: Edge) -> str:
    """The whole configuration as text; raise StartupError when something in it cannot be right."""
    _check(settings, edge)
    host = split_url(settings.site_url)
    words = {
        "name": edge.name,
        "folder": str(edge.folder),
        "temp": str(edge.temp_folder),
        "pid": str(edge.pid or edge.folder / "nginx.pid"),
        "errors": str((edge.log or edge.folder) / "error.log"),
        "log": _log(edge),
        "modules": str(edge.modules),
        "user": edge.user,
        "workers": edge.workers,
        "listen": f"{edge.listen} ssl http2" if edge.certificate else edge.listen,
        "inner": edge.inner,
        "names": " ".join(dict.fromkeys((str(host.hostname), edge.listen.rpartition(":")[0]))),
        "host": host.netloc,
        "scheme": host.scheme,
        "no_store": cache_policy.NO_STORE,
        "page_control": cache_policy.PAGE,
        "stale": cache_policy.EDGE_STALE,
        "pages": PAGES,
        "cloud": settings.cloud_name,
        "secret": settings.edge_secret,
        "slowest": str(settings.image_seconds * QUEUE_FACTOR),
        "max_body": str(settings.max_upload_bytes + MEGABYTE),
        "cache_bytes": str(edge.cache_bytes),
        "opened_bytes": str(max(1, edge.cache_bytes // OPENED_PART)),
        "min_free": str(edge.min_free),
        "keys": f"{_key_megabytes(edge.cache_bytes)}m",
        "rate": str(edge.rate),
        "burst": str(edge.rate * 2),
        "connections": str(edge.connections),
    }
    words["depends_on_accept"] = DEPENDS_ON_ACCEPT
    words["accept_map"] = _indent(accept_map(), 8)
    words["upstream_map"] = _indent(upstream_map(), 8)
    words["origins"] = _servers(edge.origins)
    words["preflight"] = _indent(_headers(cross_origin.DELIVERY_PREFLIGHT), 16)
    words["row"] = _row(edge)
    words["certificate"] = _certificate(edge)
    words["cache"] = _indent(_filled("cache.conf", words | {"refresh": "$refresh "}), 12)
    words["html"] = _indent(_filled("html.conf", words), 12)
    words["opened"] = _indent(_filled("token.conf", words), 12)
    words["bypass"] = _indent(_filled("bypass.conf", words), 12)
    # visitors cannot ask for a renewal, so theirs need not be looked for
    own = "peers.conf" if edge.row else "cache.conf"
    words["pictures"] = _indent(_filled(own, words | {"refresh": ""}), 12)
    words["alone"] = _alone(_filled("cache.conf", words | {"refresh": ""})) if edge.row else ""
    return _filled("nginx.conf", words)


def _filled(name: str, words: dict[str, str]) -> str:
    text = resources.files("picturerail.edge.nginx").joinpath("templates", name).read_text()
    return _Template(text).substitute(words)


def _row(edge: Edge) -> str:
    if not edge.row:
        return ""
    head = ["upstream row {", "    zone row 128k;", '    hash "$uri?$query|$format_class" consistent;']
    servers = [f"    server {address} max_fails=1 fail_timeout=2s;" for address in edge.row]
    return "\n".join(f"    {line}" for line in [*head, *servers, "    keepalive 64;", "}"]) + "\n"


def _alone(cache: str) -> str:
    """What an edge does for its visitors while no edge of its row, itself included, answers in time."""
    return f"\n        location @alone {{\n{_indent(cache, 12)}\n        }}\n"


def _headers(fields: Mapping[str, str]) -> str:
    return "\n".join(f'add_header {name} "{value}";' for name, value in fields.items())


def _servers(addresses: tuple[str, ...]) -> str:
    # never taken out for a while: a refused connection costs nothing, and restarts in turn leave always one
    return "\n".join(f"        server {address} max_fails=0;" for address in addresses)


def _certificate(edge: Edge) -> str:
    if not edge.certificate:
        return ""
    return f"        ssl_certificate {edge.certificate};\n        ssl_certificate_key {edge.key};\n"


def _indent(text: str, spaces: int) -> str:
    return "\n".join(f"{' ' * spaces}{line}" for line in text.splitlines())


def _key_megabytes(cache_bytes: int) -> int:
    """Room for a key per 20 kB of cache; nginx keeps about 8,000 keys in a megabyte."""
    return max(4, min(1024, cache_bytes // 20_000 // 8_000))


def _check(settings: Settings, edge: Edge) -> None:
    if not settings.edge_secret:
        raise StartupError("PICTURERAIL_EDGE_SECRET is empty: edges and origin need one common secret.")
    if not NAME.fullmatch(edge.name):
        raise StartupError(f"An edge's name is made of a-z, 0-9 and -, not '{edge.name}'.")
    if bool(edge.certificate) != bool(edge.key):
        raise StartupError("A certificate and its key go together.")
    if not edge.origins:
        raise StartupError("An edge needs at least one origin.")
    if edge.row and edge.inner not in edge.row:
        raise StartupError(f"The row must list this edge's own inner address {edge.inner} too.")
    for address in (edge.listen, edge.inner, *edge.origins, *edge.row):
        _check_address(address)
    for text in (
        str(edge.folder),
        str(edge.temp_folder),
        str(edge.pid or "x"),
        str(edge.log or "x"),
        str(edge.modules),
        str(edge.certificate or "x"),
        str(edge.key or "x"),
        edge.user,
    ):
        if not SAFE.fullmatch(text):
            raise StartupError(f"'{text}' cannot stand in an nginx configuration.")


def _check_address(address: str) -> None:
    host, _, port = address.rpartition(":")
    try:
        if host.startswith("["):
            ipaddress.IPv6Address(host.strip("[]"))
        right = bool(re.fullmatch(r"(\[[0-9a-f:]+\])|[\w.-]+", host, re.IGNORECASE)) and 0 < int(port) < 65536
    except ValueError:
        right = False
    if not right:
        raise StartupError(f"An address looks like HOST:PORT, not '{address}'.")
