"""What `create_app` put into the running app, typed."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import cast

from flask import current_app, g, has_request_context, request
from flask_pymongo import PyMongo
from pymongo.errors import PyMongoError

from picturerail import database as mongodb
from picturerail.database import Client, Database
from picturerail.edge.purges.queue import SurrogateKeys
from picturerail.errors import Unavailable
from picturerail.gallery.accounts.throttle import (
    AddressLimit,
    CallLimit,
    ChoiceLimit,
    GuestLimit,
    SignInThrottle,
)
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.oidc.provider import Provider
from picturerail.gallery.pictures.listing import Along
from picturerail.gallery.site.texts import ALONG, SiteTexts, read_texts, texts_along
from picturerail.gallery.token_terms import TokenTerms
from picturerail.metrics_page import MetricsPage
from picturerail.settings import Settings

NAME = "picturerail"
FOR_ALL = TokenTerms()
EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - hosts that stand for every address of the machine


OTHER_FIELDS_BYTES = 1024 * 1024  # of a form with files


@dataclass
class Outage:
    """Remembers that the database was waited for in vain, so that not every visitor has to wait for it again."""

    noticed: bool = False


@dataclass
class LastKnown:
    """What pages say while the database is away."""

    site_texts: SiteTexts = field(default_factory=SiteTexts)


@dataclass(frozen=True)
class Services:
    """What one app stands on."""

    settings: Settings
    cloud: CloudAccess
    mongo: PyMongo
    throttle: SignInThrottle
    doors: SignInThrottle  # of share links
    calls: CallLimit
    guests: GuestLimit
    choices: ChoiceLimit
    addresses: AddressLimit
    notes: SurrogateKeys
    metrics_page: MetricsPage
    provider: Provider | None  # by which people may sign in
    outage: Outage = field(default_factory=Outage)
    last_known: LastKnown = field(default_factory=LastKnown)


def services() -> Services:
    """What the running app stands on."""
    return cast("Services", current_app.extensions[NAME])


def settings() -> Settings:
    """The running app's settings."""
    return services().settings


def site_url() -> str:
    """The site's public address; while none is set, the one that was asked, if one can listen on several."""
    known = settings()
    if known.public_url or known.host not in EVERYWHERE or not has_request_context():
        return known.site_url
    return f"{request.scheme}://{request.host}"


def origin() -> str:
    """The site as the browser that asks names it: its public address, or while none is set what was asked."""
    return settings().public_url or f"{request.scheme}://{request.host}"


def cloud() -> CloudAccess:
    """The cloud that holds the pictures, with what its addresses open to whoever asks: made once for a page."""
    terms = g.get("token_terms", FOR_ALL)
    kept: CloudAccess | None = g.get("cloud")
    if kept is None or kept.terms != terms:  # a share link is opened after it was looked who asks
        known = services().cloud
        kept = g.cloud = replace(known, terms=terms, site_url=site_url() if known.own else known.site_url)
    return kept


def database() -> Database:
    """The gallery's database; Unavailable at once while it is known to be away.

    Pages are read from a secondary while there is no primary, if the URI allows it.
    """
    client, outage = cast("Client", services().mongo.cx), services().outage
    if request.method not in ("GET", "HEAD"):
        mongodb.expect_writable(client)
    if outage.noticed:
        if not client.topology_description.has_readable_server(client.read_preference):
            raise Unavailable(mongodb.AWAY, retry_after=mongodb.AGAIN_AFTER)
        outage.noticed = False
    return mongodb.database(client)


def site_texts() -> SiteTexts:
    """The site's name and words, asked for once for each page; while the database is away, the last ones known."""
    if "site_texts" not in g:
        g.site_texts = services().last_known.site_texts
        with suppress(Unavailable, PyMongoError):
            note_site_texts(read_texts(database()))
    return cast("SiteTexts", g.site_texts)


def along() -> Along | None:
    """The same, for a question that is asked anyway; None where they are known."""
    return None if "site_texts" in g else Along(ALONG, lambda found: note_site_texts(texts_along(found)))


def note_site_texts(texts: SiteTexts) -> None:
    """They were just read: this page need not ask for them."""
    g.site_texts = services().last_known.site_texts = texts


def provider_label() -> str:
    """What the OpenID provider is called on pages; "" where there is none."""
    known = services().provider
    return known.label if known else ""


def max_file_body() -> int:
    """How many bytes a form with one file may have."""
    return settings().max_upload_bytes + OTHER_FIELDS_BYTES
