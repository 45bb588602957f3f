"""A real provider for these tests, and galleries to which its people may sign in."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.settings import Settings
from tests.gallery.oidc.forger import Forger
from tests.gallery.oidc.provider import OpenIdProvider, Visitor
from tests.media.remote_host import RemoteHost

Site = Callable[..., Flask]


@pytest.fixture(scope="module")
def openid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIdProvider]:
    with OpenIdProvider(tmp_path_factory.mktemp("openid")) as provider:
        yield provider


@pytest.fixture
def site(
    openid: OpenIdProvider,
    settings: Settings,
    cloud: CloudAccess,
    database: Database,
) -> Site:
    """Makes a gallery with this provider and other settings."""

    def make(**more: Any) -> Flask:
        return create_app(replace(settings, **openid.settings(**more)), cloud)

    return make


@pytest.fixture
def forger() -> Iterator[Forger]:
    with RemoteHost() as host:
        yield Forger(host)


def way_out(client: FlaskClient, query: str = "") -> str:
    """Where the button sends the browser."""
    answer = client.get(f"/sign-in/provider{query}")
    assert answer.status_code == 303, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return str(answer.location)


def returned(client: FlaskClient, name: str, query: str = "", visitor: Visitor | None = None) -> Any:
    """What the site answers to somebody who went to the provider and came back."""
    return client.get((visitor or Visitor()).sign_in(way_out(client, query), name))


def enters(app: Flask, name: str) -> FlaskClient:
    """A browser in which somebody has signed in by the provider."""
    client = app.test_client()
    answer = returned(client, name)
    assert answer.status_code == 303, answer.text
    assert client.get("/account").status_code == 200
    return client
