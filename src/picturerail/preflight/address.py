"""The public name: where it leads, and what the proxies in front make of a request."""

import http.client
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from secrets import token_urlsafe

from picturerail import server
from picturerail.preflight.services import runs
from picturerail.preflight.verdict import Verdict, note, well, wrong
from picturerail.proxies import Proxies
from picturerail.settings import Settings
from picturerail.url_parts import split_url

SECONDS = 5
OWN_PATH = "/.picturerail-check/"


def name(settings: Settings) -> Iterator[Verdict]:
    """Whether the public name has an address, and whether that is one of this machine."""
    host = split_url(settings.public_url).hostname
    if host is None:
        url = server.last_run(settings).get("url") if runs(settings) else settings.site_url
        yield note("address", f"none set: people open {url}. A public site sets PICTURERAIL_PUBLIC_URL.")
        return
    try:
        found = sorted(
            {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
        )
    except OSError as error:
        yield wrong(
            "address", f"{host} has no address ({error.strerror}). Make a DNS record that leads here."
        )
        return
    here = [address for address in found if _is_here(address)]
    where = "this machine" if here else "another machine: right if a proxy, an edge or a router stands there"
    yield well("address", f"{host} leads to {', '.join(found)}, {where}.")


def _is_here(address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def proxies(settings: Settings) -> Iterator[Verdict]:
    """Ask for the public address while we listen in the program's place, and look at what arrives."""
    if not settings.public_url or settings.tls_cert or settings.domain:
        return
    if runs(settings):
        yield note("proxy", "what proxies send can be seen only while the program does not run.")
        return
    try:
        with _Listener((settings.host, settings.port)) as listener:
            yield from _judged(settings, listener.ask(settings.public_url))
    except OSError:
        return  # the port is taken, which was told


def _judged(settings: Settings, arrived: "Arrived | str") -> Iterator[Verdict]:
    if isinstance(arrived, str):
        yield wrong(
            "proxy", f"{settings.public_url} does not lead to {settings.host}:{settings.port}: {arrived}."
        )
        return
    headers, sender = arrived.headers, arrived.sender
    forwarded = headers.get("x-forwarded-for", "")
    if not forwarded:
        yield well("proxy", f"{settings.public_url} leads here; nothing in front tells of visitors.")
    elif not Proxies.of(settings.trusted_proxies).trusts(sender):
        yield wrong(
            "proxy",
            f"a proxy at {sender} tells of visitors and is not believed: all of them count as one. Set "
            f"PICTURERAIL_TRUSTED_PROXIES={','.join([*settings.trusted_proxies, sender])}.",
        )
    else:
        yield well("proxy", f"{settings.public_url} leads here, by a proxy at {sender} that is believed.")
    told = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip()
    scheme = split_url(settings.public_url).scheme
    if forwarded and told and told != scheme:
        yield wrong(
            "proxy", f"it says that visitors come by {told}, and PICTURERAIL_PUBLIC_URL says {scheme}."
        )


class Arrived:
    """A request as it came in."""

    def __init__(self, headers: Mapping[str, str], sender: str) -> None:
        """Header names in lower case, and the address at the other end."""
        self.headers = {key.lower(): value for key, value in headers.items()}
        self.sender = sender


class _Listener(HTTPServer):
    """Answers one secret path, in a thread, and keeps what arrived there."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.path = OWN_PATH + token_urlsafe(12)
        self.arrived: Arrived | None = None
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)

    def ask(self, url: str) -> Arrived | str:
        """What arrives when one asks for `url`, or why nothing does."""
        threading.Thread(target=self.serve_forever, daemon=True).start()
        try:
            with urllib.request.urlopen(f"{url}{self.path}", timeout=SECONDS):
                pass
        except urllib.error.HTTPError as error:
            return self.arrived or f"something else answers {error.code} there"
        except (OSError, http.client.HTTPException) as error:
            return str(getattr(error, "reason", error))
        finally:
            self.shutdown()
        return self.arrived or "something else answers there"


class _Handler(BaseHTTPRequestHandler):
    server: _Listener

    def do_GET(self) -> None:
        if self.path == self.server.path:
            self.server.arrived = Arrived(dict(self.headers), str(self.client_address[0]))
        self.send_response(200 if self.path == self.server.path else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing of it belongs on the console."""
