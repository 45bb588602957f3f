"""The parts that `create_app` put into the running app, typed."""

from dataclasses import dataclass
from typing import cast

from flask import current_app
from flask_pymongo import PyMongo

from picturerail import database as mongodb
from picturerail.database import Client, Database
from picturerail.gallery.accounts.throttle import SignInThrottle
from picturerail.gallery.cloud import CloudAccess
from picturerail.settings import Settings

NAME = "picturerail"


@dataclass(frozen=True)
class Parts:
    """What one app stands on."""

    settings: Settings
    cloud: CloudAccess
    mongo: PyMongo
    throttle: SignInThrottle


def parts() -> Parts:
    """The parts of the running app."""
    return cast("Parts", current_app.extensions[NAME])


def settings() -> Settings:
    """The running app's settings."""
    return parts().settings


def cloud() -> CloudAccess:
    """The cloud that holds the pictures."""
    return parts().cloud


def database() -> Database:
    """The gallery's database."""
    return mongodb.database(cast("Client", parts().mongo.cx))
