"""What `create_app` put into the running app, typed."""

from dataclasses import dataclass, field
from typing import cast

from flask import current_app, request
from flask_pymongo import PyMongo

from picturerail import database as mongodb
from picturerail.database import Client, Database
from picturerail.edge.purging.queue import Notes
from picturerail.errors import Unavailable
from picturerail.gallery.accounts.throttle import SignInThrottle
from picturerail.gallery.cloud import CloudAccess
from picturerail.settings import Settings

NAME = "picturerail"


@dataclass
class Outage:
    """Remembers that the database was waited for in vain, so that not every visitor has to wait for it again."""

    noticed: bool = False


@dataclass(frozen=True)
class Services:
    """What one app stands on."""

    settings: Settings
    cloud: CloudAccess
    mongo: PyMongo
    throttle: SignInThrottle
    notes: Notes
    outage: Outage = field(default_factory=Outage)


def services() -> Services:
    """What the running app stands on."""
    return cast("Services", current_app.extensions[NAME])


def settings() -> Settings:
    """The running app's settings."""
    return services().settings


def cloud() -> CloudAccess:
    """The cloud that holds the pictures."""
    return services().cloud


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
