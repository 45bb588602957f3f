"""ID tokens: those of the provider, for this site and this try, are believed; each forged one is not."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from picturerail.errors import PicturerailError, Unavailable
from picturerail.gallery.oidc import code_flow
from picturerail.gallery.oidc.attempt import new_attempt
from picturerail.gallery.oidc.identity import identity_of, role_of
from picturerail.gallery.oidc.provider import Provider
from picturerail.settings import Settings
from tests.gallery.oidc.forger import (
    ATTEMPT,
    BACK,
    CLIENT,
    KEY,
    OTHER,
    Claims,
    Forger,
    by_secret,
    encoded,
    signed,
)
from tests.media.remote_host import canary


def test_a_good_token_is_believed_and_the_site_proves_itself(forger: Forger) -> None:
    forger.sends(signed(forger.claims()))
    who = identity_of(forger.claimed(), forger.settings())
    assert (who.subject, who.email, who.verified) == ("ann", "ann@example.com", True)
    _, _, heads, body = next(each for each in forger.host.seen if each[1] == "/token")
    assert heads["authorization"] == "Basic cGljdHVyZXJhaWw6cyUyQiUyMCUyNQ=="  # picturerail:s%2B%20%25
    sent = dict(pair.split("=") for pair in body.decode().split("&"))
    assert sent["code_verifier"] == ATTEMPT.verifier
    assert (sent["code"], sent["grant_type"]) == ("the+code", "authorization_code")
    assert next(each for each in forger.host.seen if each[1] == "/me")[2]["authorization"] == "Bearer opens"


def test_a_public_client_and_one_that_writes_its_secret_into_the_form(forger: Forger) -> None:
    forger.sends(signed(forger.claims()))
    forger.serve(
        "/.well-known/openid-configuration",
        forger.configuration(token_endpoint_auth_methods_supported=["client_secret_post"]),
    )
    forger.claimed()
    public = Settings(oidc_issuer=forger.url, oidc_client_id=CLIENT)
    code_flow.claims_of(public, Provider(public), ATTEMPT, BACK, "c")
    first, second = (each for each in forger.host.seen if each[1] == "/token")
    assert b"client_id=picturerail&client_secret=s%2B+%25" in first[3]
    assert b"client_id=picturerail" in second[3]
    assert b"client_secret" not in second[3]
    assert "authorization" not in first[2].keys() | second[2].keys()


FORGED: dict[str, Callable[[Forger], Any]] = {
    "another issuer": lambda f: signed(f.claims(iss="https://evil.example")),
    "no issuer": lambda f: signed(f.claims(iss=None)),
    "another site": lambda f: signed(f.claims(aud="other")),
    "several sites, made for another": lambda f: signed(f.claims(aud=[CLIENT, "other"], azp="other")),
    "several sites, made for none": lambda f: signed(f.claims(aud=[CLIENT, "other"])),
    "no site": lambda f: signed(f.claims(aud=None)),
    "expired": lambda f: signed(f.claims(exp=int(time.time()) - 120)),
    "without an end": lambda f: signed(f.claims(exp=None)),
    "of tomorrow": lambda f: signed(f.claims(nbf=int(time.time()) + 86_400)),
    "of another try": lambda f: signed(f.claims(nonce=new_attempt("x").nonce)),
    "of no try": lambda f: signed(f.claims(nonce=None)),
    "of nobody": lambda f: signed(f.claims(sub=None)),
    "by another key": lambda f: signed(f.claims(), OTHER),
    "with another access token": lambda f: signed(f.claims(at_hash="x")),
    "by our secret": lambda f: by_secret(f.claims(), b"s+ %"),
    "by the public key as a secret": lambda f: by_secret(f.claims(), KEY.as_pem(private=False)),
    "unsigned": lambda f: f"{encoded({'alg': 'none'})}.{encoded(f.claims())}.",
    "changed": lambda f: "e30".join(signed(f.claims()).rpartition(".")[::2]),
    "none": lambda _: None,
    "a number": lambda _: 1,
    "long": lambda _: "x" * 100_000,
    "no token": lambda _: "x.y.z",
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_is_not_believed(forger: Forger, name: str) -> None:
    forger.sends(FORGED[name](forger))
    with pytest.raises(Unavailable, match="proves nothing"):
        forger.claimed()


def test_what_else_a_provider_may_answer_wrong(forger: Forger) -> None:
    good = signed(forger.claims())
    for path, told, status in (
        ("/token", {"error": "invalid_client"}, 401),
        ("/token", [], 200),
        ("/token", {"access_token": "x"}, 200),
        ("/token", "", 500),
        ("/keys", {"keys": []}, 200),
        ("/keys", {"keys": [{"kty": "oct", "k": "eA", "kid": "1"}]}, 200),
        ("/keys", {}, 404),
        ("/me", {"sub": "bea", "email": "bea@example.com"}, 200),
        ("/me", {}, 500),
        ("/me", [], 200),
    ):
        forger.__init__(forger.host)  # type: ignore[misc]
        forger.sends(good)
        forger.claimed()
        forger.serve(path, told, status)
        with pytest.raises(Unavailable, match=r"proves nothing|does not answer"):
            forger.claimed()


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "http://127.0.0.1:1"},
        {"issuer": None},
        {"token_endpoint": None},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"id_token_signing_alg_values_supported": ["none", "HS256"]},
    ],
)
def test_a_configuration_that_cannot_be_is_not_followed(forger: Forger, changed: Claims) -> None:
    forger.sends(signed(forger.claims()))
    forger.serve("/.well-known/openid-configuration", forger.configuration(**changed))
    with pytest.raises(Unavailable, match="proves nothing"):
        forger.claimed()


def test_a_provider_leads_to_nothing_else_in_the_operators_network(forger: Forger) -> None:
    forger.sends(signed(forger.claims()))
    with canary() as (port, caught):
        for name in ("token_endpoint", "jwks_uri", "userinfo_endpoint"):
            changed = {name: f"https://127.0.0.1:{port}/"}
            forger.serve("/.well-known/openid-configuration", forger.configuration(**changed))
            with pytest.raises(PicturerailError):
                forger.claimed()
        assert caught == []


def test_an_address_and_its_proof_come_from_one_place(forger: Forger) -> None:
    forger.sends(signed(forger.claims(email="mine@example.com")))
    who = identity_of(forger.claimed(), forger.settings())
    assert (who.email, who.verified) == ("mine@example.com", False)
    forger.sends(signed(forger.claims(email="ann@example.com")))
    assert identity_of(forger.claimed(), forger.settings()).verified


@pytest.mark.parametrize(
    ("claims", "claim", "pairs", "role"),
    [
        ({"roles": ["viewer", "owner", "editor"]}, "roles", (), "owner"),
        ({"roles": "editor"}, "roles", (), "editor"),
        ({"roles": ["Owner", "admin", 7, None]}, "roles", (), ""),
        ({"realm_access": {"roles": ["staff"]}}, "realm_access.roles", ("staff=editor",), "editor"),
        ({"https://a.example/roles": ["staff"]}, "https://a.example/roles", ("staff=editor",), "editor"),
        ({"roles": {"staff": {"org": "x"}}}, "roles", ("staff=contributor",), "contributor"),
        ({"groups": ["cn=a"]}, "groups", ("cn=a=viewer",), "viewer"),
        ({"roles": ["owner"]}, "roles", ("staff=editor",), ""),  # a mapping stands for all of it
        ({"roles": True}, "roles", ("True=owner",), ""),
        ({"a": "owner"}, "a.b", (), ""),
        ({"roles": ["owner"]}, "", (), ""),
        ({}, "roles", (), ""),
    ],
)
def test_the_role_is_the_highest_that_the_claim_gives(
    claims: Claims, claim: str, pairs: tuple[str, ...], role: str
) -> None:
    assert role_of(claims, claim, pairs) == role
