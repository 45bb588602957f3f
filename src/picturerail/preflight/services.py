"""What the program talks to: ports, database, object store, edges and CDN."""

import http.client
import os
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime

from picturerail import caddy, data_folder, database, mongod
from picturerail.edge.purges.targets import CachedUrl, PurgeFailed, all_edges
from picturerail.errors import PicturerailError, StartupError
from picturerail.gallery.cloud import answers
from picturerail.gallery.cloud_account import cloud_access
from picturerail.gallery.oidc.metadata import Strange
from picturerail.gallery.oidc.provider import Provider
from picturerail.media.foreign_cloud.address import old_cloud
from picturerail.media.stores import check_stores
from picturerail.preflight.verdict import Verdict, note, well, wrong
from picturerail.settings import Settings, holds_gallery
from picturerail.url_parts import split_url

PRIVILEGED = 1024
SECONDS = 5
MAX_CLOCK_SECONDS = 60


def runs(settings: Settings) -> bool:
    """True while a server holds this data folder."""
    return holds_gallery(settings.data) and data_folder.holder(settings.data) is not None


def _front(settings: Settings) -> Verdict:
    """Whether Caddy is there, and may take ports 80 and 443."""
    try:
        caddy.binary()
        caddy.refuse_taken_ports()
    except StartupError as error:
        return wrong("https", error.message)
    return well("https", f"Caddy can serve {settings.domain} on ports 80 and 443.")


def port(settings: Settings) -> Iterator[Verdict]:
    """Whether something can listen where the program will."""
    where = f"{settings.host}:{settings.port}"
    if runs(settings):
        yield well("port", f"a server runs on {settings.data} already.")
        return
    if settings.domain:
        yield _front(settings)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except PermissionError:
            yield wrong(
                "port",
                f"{where} is for root only. Take one from {PRIVILEGED} on, behind a proxy or edge.",
            )
        except OSError as error:
            yield wrong(
                "port", f"nothing can listen on {where}: {error.strerror}. Choose another with --port."
            )
        else:
            yield well("port", f"{where} is free.")


def mongo(settings: Settings) -> Iterator[Verdict]:
    """Whether the database lets us in; the embedded one is asked only while it runs."""
    if not settings.mongo_uri and not runs(settings):
        there = "is there" if mongod.has_database(settings.data) else "is made at the first start"
        yield well("database", f"embedded; its folder {there}.")
        return
    uri = settings.mongo_uri or mongod.uri(settings.data)
    try:
        with database.connect(uri) as client:
            database.check(client)
            held = database.has_gallery(database.database(client))
            theirs = client.admin.command("hello")["localTime"].replace(tzinfo=UTC)
    except PicturerailError as error:
        yield wrong("database", error.message)
        return
    what = "holds a gallery" if held else "holds no gallery yet: `picturerail serve` makes one"
    yield well("database", f"{database.place(uri)} {what}.")
    apart = abs((theirs - datetime.now(UTC)).total_seconds())
    if apart > MAX_CLOCK_SECONDS:
        yield wrong(
            "clock", f"the database's clock is {apart:.0f} seconds away from this one. Set both by NTP."
        )


def cloud(settings: Settings) -> Iterator[Verdict]:
    """The object store of the own media service, or the account at another."""
    if settings.own_media:
        try:
            check_stores(settings)
            if settings.old_cloud:
                old_cloud(settings)
        except PicturerailError as error:
            yield wrong("store", error.message)
        else:
            yield well("store", "the object store answers." if settings.store else "the data folder.")
        return
    known = cloud_access(settings)
    where = split_url(known.upload_prefix).netloc
    if answers(known, SECONDS):
        yield well("cloud", f"{known.cloud_name} at {where} knows our key.")
    else:
        yield wrong(
            "cloud", f"{known.cloud_name} at {where} does not answer to our key. Check CLOUDINARY_URL."
        )


def provider(settings: Settings) -> Iterator[Verdict]:
    """Whether the OpenID provider tells of itself and has keys; and what has to be registered there."""
    if not settings.oidc_issuer:
        return
    known = Provider(settings)
    try:
        known.metadata()
        known.keys()
    except (PicturerailError, Strange) as error:
        reason = error.__cause__ or error
        why = str(reason).rstrip(".")
        yield wrong("provider", f"{settings.oidc_issuer}: {why}. Check PICTURERAIL_OIDC_ISSUER.")
        return
    back = f"{settings.site_url}/sign-in/provider/callback"
    yield well("provider", f"{settings.oidc_issuer} answers. The address to register there is {back}")
    if settings.oidc_issuer.startswith("http:"):
        yield note(
            "provider", f"{settings.oidc_issuer} has no TLS: who sits between may say who somebody is."
        )


def edges(settings: Settings) -> Iterator[Verdict]:
    """Each edge is told to forget a picture that is not there; the CDN is asked for one."""
    for edge in all_edges(settings):
        try:
            edge.purge([CachedUrl("/healthz", "any")], soft=False)
        except PurgeFailed as error:
            yield wrong("edge", f"{error} Does it run, with the same PICTURERAIL_EDGE_SECRET?")
        else:
            yield well("edge", f"{edge.name} forgets when it is told.")
    if settings.cdn_url:
        yield _cdn(settings.cdn_url)


def _cdn(url: str) -> Verdict:
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/healthz", timeout=SECONDS):
            return well("cdn", f"{url} leads here.")
    except urllib.error.HTTPError as error:
        return note(
            "cdn", f"{url} answers {error.code} while the program does not run; check again when it does."
        )
    except (OSError, http.client.HTTPException) as error:
        return wrong("cdn", f"{url} does not answer ({error}). Check PICTURERAIL_CDN_URL and its DNS.")


def user(settings: Settings) -> Iterator[Verdict]:
    """Nobody has to be root for this."""
    if os.geteuid() == 0 and settings.port >= PRIVILEGED:
        yield note("user", "root. A user of its own is safer: see docs/systemd.md.")
