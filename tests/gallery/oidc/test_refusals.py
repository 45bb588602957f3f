"""What goes wrong on the way to the provider and back, each told in a sentence on a page that offers another try."""

import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.accounts import create_user
from picturerail.gallery.oidc import provider as provider_room
from picturerail.preflight import services
from picturerail.settings import Settings
from tests.gallery.conftest import PASSWORD, signed_in
from tests.gallery.oidc.conftest import Site, enters, returned, way_out
from tests.gallery.oidc.provider import CALLBACK, OpenIdProvider, Visitor
from tests.ports import free_port


def refused(answer: Any, status: int, sentence: str) -> None:
    assert answer.status_code == status, answer.text
    assert sentence in answer.text
    assert 'href="/sign-in/provider' in answer.text  # the button is there for another try
    assert answer.headers["Cache-Control"] == "no-store"


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_who_cancels_is_told_so_and_keeps_the_way_back(site: Site, openid: OpenIdProvider) -> None:
    client = site().test_client()
    answer = client.get(Visitor().cancel(way_out(client, "?next=/albums/")))
    refused(answer, 403, "You did not sign in at Harbour.")
    assert 'href="/sign-in/provider?next=/albums/"' in answer.text
    assert 'name="next" value="/albums/"' in answer.text


def test_an_answer_is_good_once_in_the_browser_that_asked(
    site: Site, openid: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = site(oidc_create=True)
    openid.knows("ann", email="ann@example.com", email_verified=True)
    client, other = app.test_client(), app.test_client()
    back = Visitor().sign_in(way_out(client), "ann")
    way_out(other)
    sentence = "begun in another browser, or too long ago"
    refused(other.get(back), 400, sentence)
    refused(app.test_client().get(back), 400, sentence)
    refused(client.get(f"{CALLBACK}?code=x&state=%ff%00é"), 400, sentence)
    assert client.get(back).location == "/gallery/"
    assert client.get(back).location == "/gallery/"  # loaded again
    assert is_in(client)
    refused(app.test_client().get(back), 400, sentence)
    back, then = Visitor().sign_in(way_out(other), "ann"), time.time()
    monkeypatch.setattr(time, "time", lambda: then + 700)
    refused(other.get(back), 400, sentence)
    assert not is_in(other)


def test_two_tabs_come_back_in_any_order(site: Site, openid: OpenIdProvider) -> None:
    openid.knows("ann", email="ann@example.com", email_verified=True)
    client = site(oidc_create=True).test_client()
    first, second = way_out(client, "?next=/albums/"), way_out(client)
    back = Visitor().sign_in(first, "ann")
    assert client.get(Visitor().sign_in(second, "ann")).location == "/gallery/"
    assert client.get(back).status_code == 303
    assert is_in(client)


def test_a_code_is_good_once_and_with_its_own_question_only(
    site: Site, openid: OpenIdProvider, database: Database
) -> None:
    openid.knows("ann", email="ann@example.com", email_verified=True)
    client = site(oidc_create=True).test_client()
    first, second = way_out(client), way_out(client)
    stolen = parse_qs(urlsplit(Visitor().sign_in(first, "ann")).query)["code"][0]
    state = parse_qs(urlsplit(second).query)["state"][0]
    answer = client.get(CALLBACK, query_string={"code": stolen, "state": state, "iss": openid.issuer})
    refused(answer, 400, "That sign-in was used already, or took too long.")  # another verifier
    assert database.users.count_documents({}) == 0


@pytest.mark.parametrize(
    ("said", "status", "sentence"),
    [
        ({"code": "x", "iss": "http://evil.example"}, 400, "comes from another provider"),
        ({"code": "x", "iss": ""}, 400, "comes from another provider"),
        ({"code": ""}, 400, "holds no code"),
        ({"code": "x" * 5000}, 400, "holds no code"),
        ({"code": "nonsense"}, 400, "was used already, or took too long"),
        ({"error": "temporarily_unavailable"}, 503, "Harbour does not answer at the moment"),
        ({"error": "<script>", "error_description": "<b>"}, 503, "What Harbour answers proves nothing"),
    ],
)
def test_answers_that_nobody_can_use(
    site: Site, openid: OpenIdProvider, said: dict[str, str], status: int, sentence: str
) -> None:
    client = site().test_client()
    state = parse_qs(urlsplit(way_out(client)).query)["state"][0]
    answer = client.get(CALLBACK, query_string={"state": state, "iss": openid.issuer, **said})
    refused(answer, status, sentence)
    assert "<script>" not in answer.text.partition("</head>")[2].replace("<script ", "")


@pytest.mark.parametrize(
    "next_",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "/%2f%2fevil.example", "/" + "a" * 400],
)
def test_it_leads_back_to_this_site_only(site: Site, openid: OpenIdProvider, next_: str) -> None:
    openid.knows("ann", email="ann@example.com", email_verified=True)
    client = site(oidc_create=True).test_client()
    out = client.get("/sign-in/provider", query_string={"next": next_}).location
    assert client.get(Visitor().sign_in(out, "ann")).location == "/gallery/"


def test_a_provider_that_is_away_is_said_and_not_asked_by_everybody(
    site: Site, openid: OpenIdProvider, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_room, "AWAY_SECONDS", 0.2)
    openid.knows("ann", email="ann@example.com", email_verified=True)
    create_user(database, "ann@example.com", "editor", PASSWORD)
    fresh, begun = site(), site()
    client = begun.test_client()
    back = Visitor().sign_in(way_out(client), "ann")
    openid.stop()
    try:
        sentence = "Harbour does not answer at the moment. Please try again shortly."
        refused(fresh.test_client().get("/sign-in/provider"), 503, sentence)
        refused(client.get(back), 503, sentence)
        assert fresh.test_client().get("/sign-in").status_code == 200
        assert is_in(signed_in(fresh, database, "viewer"))  # passwords are as good as before
    finally:
        openid.start()
    time.sleep(0.3)
    enters(fresh, "ann")
    enters(begun, "ann")  # whose provider signs by other keys than those that are known


def test_the_site_and_the_provider_must_know_each_other(site: Site, openid: OpenIdProvider) -> None:
    openid.knows("ann", email="ann@example.com", email_verified=True)
    client = site(oidc_client_secret="wrong").test_client()
    refused(returned(client, "ann"), 503, "What Harbour answers proves nothing to this site.")
    elsewhere = site(oidc_issuer=openid.issuer.replace("127.0.0.1", "localhost")).test_client()
    refused(elsewhere.get("/sign-in/provider"), 503, "What Harbour answers proves nothing to this site.")
    slash = site(oidc_issuer=f"{openid.issuer}/", oidc_create=True)
    enters(slash, "ann")


def test_a_site_without_a_provider_has_no_door_to_it(app: Any, owner: FlaskClient) -> None:
    for path in ("/sign-in/provider", CALLBACK, "/sign-out/provider"):
        answer = app.test_client().get(path)
        assert answer.status_code in (400, 404)
    assert "provider" not in app.test_client().get("/sign-in").text
    assert "OpenID" not in owner.get("/account").text


@pytest.mark.parametrize(
    "path", ["/account/provider", "/account/passkeys", "/account/second-step", "/reset/abc"]
)
def test_a_form_that_was_not_taken_repeats_no_secret(site: Site, database: Database, path: str) -> None:
    client = signed_in(site(), database, "viewer")
    fields = {"password": PASSWORD, "credential": PASSWORD, "code": PASSWORD, "csrf_token": "expired"}
    answer = client.post(path, data=fields)
    assert answer.status_code == 403
    assert PASSWORD not in answer.text


def test_tries_are_counted_for_an_address(site: Site, openid: OpenIdProvider) -> None:
    client = site(sign_in_tries=2).test_client()
    for status in (400, 400, 429):
        state = parse_qs(urlsplit(way_out(client)).query)["state"][0]
        query = {"state": state, "code": "guess", "iss": openid.issuer}
        assert client.get(CALLBACK, query_string=query).status_code == status


def test_the_check_before_a_start_asks_the_provider(openid: OpenIdProvider, tmp_path: Path) -> None:
    def said(**more: Any) -> list[str]:
        settings = Settings(data=tmp_path, public_url="https://pics.example", **openid.settings(**more))
        return [str(verdict) for verdict in services.provider(settings)]

    answers, note = said()
    assert answers.startswith("ok ")
    assert answers.endswith(f"https://pics.example{CALLBACK}")
    assert note.startswith("note ")
    assert "has no TLS" in note
    for issuer, reason in (
        (f"http://127.0.0.1:{free_port()}", "the connection failed."),
        (f"{openid.issuer}/realms/none", "answered 404"),
        (openid.issuer.replace("127.0.0.1", "localhost"), f"it calls itself {openid.issuer}"),
    ):
        [wrong] = said(oidc_issuer=issuer)
        assert wrong.startswith("wrong ")
        assert reason in wrong
    assert list(services.provider(Settings())) == []
