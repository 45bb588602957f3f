"""Whoever signs out at the provider is signed out here; a token that says so falsely ends nothing."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.clock import now
from picturerail.database import Database
from picturerail.gallery.accounts import users
from picturerail.gallery.oidc import provider as provider_room
from picturerail.gallery.oidc.sign_out import EVENT
from tests.gallery.conftest import signed_in
from tests.gallery.oidc.conftest import Site, returned
from tests.gallery.oidc.forger import CLIENT, KEY, OTHER, Forger, by_secret, encoded, signed
from tests.gallery.oidc.provider import OpenIdProvider, Visitor
from tests.media.remote_host import RemoteHost
from tests.service import wait_until

PATH = "/sign-out/provider"
TOO_OLD = "the provider has not signed it for this site, or it is too old"


@pytest.fixture(scope="module")
def told() -> Iterator[RemoteHost]:
    """Hears what the provider says to the site."""
    with RemoteHost() as host:
        host.serve(PATH, b"")
        yield host


@pytest.fixture(scope="module", params=[True, False], ids=["of a session", "of a person"])
def openid(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, told: RemoteHost
) -> Iterator[OpenIdProvider]:
    folder = tmp_path_factory.mktemp("openid")
    with OpenIdProvider(folder, told=told.url + PATH, by_session=request.param) as provider:
        yield provider


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def enters(app: Flask, name: str, visitor: Visitor) -> FlaskClient:
    client = app.test_client()
    assert returned(client, name, visitor=visitor).status_code == 303
    assert is_in(client)
    return client


def heard(told: RemoteHost, number: int = 1) -> list[str]:
    """The tokens that the provider has sent, once there are so many."""
    wait_until(lambda: len(told.seen) >= number)
    tokens = [parse_qs(body.decode())["logout_token"][0] for _, _, _, body in told.seen]
    told.seen.clear()
    return tokens


def say(app: Flask, token: object) -> Any:
    return app.test_client().post(PATH, data={} if token is None else {"logout_token": token})


def test_who_signs_out_at_the_provider_is_signed_out_here(
    site: Site, openid: OpenIdProvider, told: RemoteHost, database: Database, request: pytest.FixtureRequest
) -> None:
    app, here, elsewhere = site(oidc_create=True), Visitor(), Visitor()
    openid.knows("ann", email="ann@example.com", email_verified=True)
    openid.knows("ben", email="ben@example.com", email_verified=True)
    first, second = enters(app, "ann", here), enters(app, "ann", elsewhere)
    other, by_password = enters(app, "ben", Visitor()), signed_in(app, database, "owner")
    here.sign_out(openid.issuer)
    [token] = heard(told)
    answer = say(app, token)
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not is_in(first)
    assert is_in(second) is ("of a session" in request.node.name)
    assert is_in(other)
    assert is_in(by_password)
    ann = users.user_of(database, "ann@example.com")
    last = database.activity.find_one({"deed": "account.sign-out"}, sort=[("_id", -1)])
    assert last
    assert last["who"] == str(ann.id)
    assert "by Harbour" in last["about"]
    assert say(app, token).status_code == 200  # a second time there is nothing to end


def test_a_token_ends_no_session_that_was_begun_after_it(
    site: Site, openid: OpenIdProvider, told: RemoteHost, database: Database
) -> None:
    app, visitor = site(oidc_create=True), Visitor()
    openid.knows("cid", email="cid@example.com", email_verified=True)
    client = enters(app, "cid", visitor)
    visitor.sign_out(openid.issuer)
    [token] = heard(told)
    database.sessions.update_many({}, {"$set": {"created_at": now() + timedelta(seconds=90)}})
    assert say(app, token).status_code == 200
    assert is_in(client)


class SignOuts(Forger):
    """What a provider says of those who sign out, true or not."""

    def token(self, **changed: Any) -> str:
        return signed(self.told(**changed))

    def told(self, **changed: Any) -> dict[str, Any]:
        made = int(time.time())
        known = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "ann",
            "sid": "s",
            "jti": "1",
            "iat": made,
            "exp": made + 60,
        }
        known |= {"events": {EVENT: {}}, **changed}
        return {name: value for name, value in known.items() if value is not None}


@pytest.fixture
def said(forger: Forger) -> SignOuts:
    return SignOuts(forger.host)


@pytest.fixture
def app(said: SignOuts, site: Site) -> Flask:
    return site(oidc_issuer=said.url, oidc_client_id=CLIENT, oidc_client_secret="s+ %")


GOOD: dict[str, Callable[[SignOuts], str]] = {
    "as the protocol has it": lambda f: f.token(),
    "for several": lambda f: f.token(aud=["other", CLIENT]),
    "without an end": lambda f: f.token(exp=None),
    "of a person": lambda f: f.token(sid=None),
    "of a session": lambda f: f.token(sub=None),
    "with a clock that is behind": lambda f: f.token(iat=int(time.time()) - 200, exp=int(time.time()) - 30),
}
FORGED: dict[str, Callable[[SignOuts], object]] = {
    "another issuer": lambda f: f.token(iss="https://evil.example"),
    "another site": lambda f: f.token(aud="other"),
    "no site": lambda f: f.token(aud=None),
    "expired": lambda f: f.token(exp=int(time.time()) - 120),
    "old": lambda f: f.token(iat=int(time.time()) - 1000),
    "of tomorrow": lambda f: f.token(iat=int(time.time()) + 86_400),
    "of no time": lambda f: f.token(iat=None),
    "of a strange time": lambda f: f.token(iat="nan"),
    "an ID token": lambda f: f.token(events=None, nonce="n"),
    "with a nonce": lambda f: f.token(nonce="n"),
    "of another event": lambda f: f.token(events={"http://schemas.openid.net/event/other": {}}),
    "of an event in a list": lambda f: f.token(events=[EVENT]),
    "of nobody": lambda f: f.token(sub=None, sid=None),
    "of a number": lambda f: f.token(sub=7),
    "of a long name": lambda f: f.token(sub="x" * 256),
    "by another key": lambda f: signed(f.told(), OTHER),
    "by our secret": lambda f: by_secret(f.told(), b"s+ %"),
    "by the public key as a secret": lambda f: by_secret(f.told(), KEY.as_pem(private=False)),
    "unsigned": lambda f: f"{encoded({'alg': 'none'})}.{encoded(f.told())}.",
    "changed": lambda f: "e30".join(f.token().rpartition(".")[::2]),
    "none": lambda _: None,
    "long": lambda _: "x" * 100_000,
    "no token": lambda _: "x.y.z",
}


@pytest.mark.parametrize("name", GOOD)
def test_what_the_provider_says_is_taken(app: Flask, said: SignOuts, name: str) -> None:
    answer = say(app, GOOD[name](said))
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_sign_out_ends_nothing(app: Flask, said: SignOuts, name: str) -> None:
    answer = say(app, FORGED[name](said))
    assert answer.status_code == 400
    assert answer.json["error"] == "invalid_request"
    assert TOO_OLD in answer.json["error_description"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_strangers_do_not_make_the_site_ask_for_keys_each_time(
    app: Flask, said: SignOuts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_room, "FRESH_SECONDS", 60)
    for _ in range(5):
        assert say(app, signed(said.told(), OTHER)).status_code == 400
    assert [path for _, path, _, _ in said.host.seen].count("/keys") == 2


def test_while_the_provider_is_away_nothing_ends(app: Flask, said: SignOuts) -> None:
    said.serve("/keys", {}, status=503)
    answer = say(app, said.token())
    assert answer.status_code == 503
    assert answer.json["error"] == "invalid_request"


def test_a_site_without_a_provider_takes_none(site: Site, said: SignOuts) -> None:
    assert say(site(oidc_issuer=""), said.token()).status_code == 404
