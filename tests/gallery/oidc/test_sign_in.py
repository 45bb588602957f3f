"""Sign-in by a real OpenID provider: who comes in, as whom, with which role, and how they leave again."""

from urllib.parse import parse_qs, urlsplit

import pytest

from picturerail.database import Database
from picturerail.gallery.accounts import create_user, users
from tests.gallery.access.test_people import LINK
from tests.gallery.conftest import PASSWORD, post, signed_in, token
from tests.gallery.oidc.conftest import Site, enters, returned, way_out
from tests.gallery.oidc.provider import CALLBACK, CLIENT, HERE, OpenIdProvider, Visitor

ROLES = {"oidc_role_claim": "roles", "oidc_roles": ("staff=editor", "heads=owner", "friends=viewer")}
SCOPE = {"oidc_scope": "openid email roles"}


def role(database: Database, email: str) -> str:
    return users.user_of(database, email).role


def deeds(database: Database) -> list[tuple[str, str]]:
    return [(each["deed"], each["about"]) for each in database.activity.find().sort("_id", 1)]


def test_somebody_new_gets_an_account_and_comes_back_to_where_they_were(
    site: Site, openid: OpenIdProvider, database: Database
) -> None:
    openid.knows("ann", email="Ann@Example.com", email_verified=True)
    app = site(oidc_create=True, oidc_new_role="contributor")
    client = app.test_client()
    page = client.get("/sign-in?next=/upload/").text
    assert "Sign in with <bdi>Harbour</bdi>" in page
    assert 'href="/sign-in/provider?next=/upload/"' in page
    answer = returned(client, "ann", "?next=/upload/")
    assert (answer.status_code, answer.location) == (303, "/upload/")
    assert client.get("/upload/").status_code == 200
    assert role(database, "ann@example.com") == "contributor"
    page = client.get("/account").text
    assert "You sign in with Harbour; this account has no password of its own." in page
    assert "with Harbour, last used" in page
    assert deeds(database) == [
        ("account.join", "contributor, by Harbour"),
        ("account.sign-in", "by Harbour"),
    ]
    enters(app, "ann")
    assert database.users.count_documents({}) == 1


def test_nobody_new_comes_in_by_an_address_that_may_be_somebody_elses(
    site: Site, openid: OpenIdProvider, database: Database
) -> None:
    for claims, sentence in (
        ({}, "tells no e-mail address of yours"),
        ({"email": "ann@example.com"}, "does not say that it has verified your address"),
        ({"email": "not an address", "email_verified": True}, "Give an e-mail address"),
    ):
        openid.knows("new", **claims)
        assert sentence in returned(site(oidc_create=True).test_client(), "new").text
    openid.knows("new", email="new@example.com", email_verified=True)
    assert "You have no account on this site" in returned(site().test_client(), "new").text
    assert database.users.count_documents({}) == database.identities.count_documents({}) == 0


def test_the_question_carries_all_that_ties_the_answer_to_it(site: Site) -> None:
    client = site().test_client()
    first, second = (parse_qs(urlsplit(way_out(client)).query) for _ in range(2))
    for asked in (first, second):
        assert asked["response_type"] == ["code"]
        assert asked["client_id"] == [CLIENT]
        assert asked["redirect_uri"] == [HERE + CALLBACK]
        assert asked["scope"] == ["openid email profile"]
        assert asked["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name][0]) >= 32


@pytest.mark.parametrize(
    "host", ["https://pictures.example", "http://127.0.0.1:8000", "https://127.0.0.1:8000"]
)
def test_behind_a_proxy_the_way_back_is_the_public_address(site: Site, host: str) -> None:
    """Whether the proxy passes the visitor's host and scheme, or its own; and the cookie is one of HTTPS."""
    client = site(public_url="https://pictures.example").test_client()
    answer = client.get("/sign-in/provider", base_url=host)
    asked = parse_qs(urlsplit(answer.location).query)
    assert asked["redirect_uri"] == ["https://pictures.example" + CALLBACK]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-picturerail-form=")
    assert "; Secure" in cookie


def test_an_account_is_that_of_the_subject_whatever_its_address_becomes(
    site: Site, openid: OpenIdProvider, database: Database
) -> None:
    app = site(oidc_create=True)
    openid.knows("bea", email="bea@example.com", email_verified=True)
    enters(app, "bea")
    openid.knows("bea", email="bea@elsewhere.example", email_verified=True)
    openid.knows("impostor", email="bea@example.com", email_verified=True)
    client = enters(app, "bea")
    assert "bea@example.com" in client.get("/account").text
    refused = returned(app.test_client(), "impostor")
    assert refused.status_code == 409
    assert "signed in to by somebody else at the provider" in refused.text
    assert database.users.count_documents({}) == 1


def test_a_verified_address_opens_its_account_and_no_other_one(
    site: Site, openid: OpenIdProvider, database: Database
) -> None:
    app = site()
    create_user(database, "cy@example.com", "editor", PASSWORD)
    for claims in ({"email_verified": False}, {}, {"email_verified": "yes"}):
        openid.knows("cy", email="cy@example.com", **claims)
        refused = returned(app.test_client(), "cy")
        assert refused.status_code == 403
        assert "connect both on the page Account" in refused.text
        assert database.identities.count_documents({}) == 0
    openid.knows("cy", email="CY@example.com", email_verified=True)
    assert "Disconnect" in enters(app, "cy").get("/account").text
    assert role(database, "cy@example.com") == "editor"
    assert deeds(database)[-2:] == [("account.connect", "cy@example.com"), ("account.sign-in", "by Harbour")]
    assert post(app.test_client(), "/sign-in", email="cy@example.com", password=PASSWORD).status_code == 303


def test_an_account_with_a_second_step_is_connected_by_its_holder(
    site: Site, openid: OpenIdProvider, database: Database
) -> None:
    user = create_user(database, "di@example.com", "editor", PASSWORD)
    totp = {"salt": "0" * 32, "last": 0, "recovery": []}
    database.users.update_one({"_id": user.id}, {"$set": {"totp": totp}})
    openid.knows("di", email="di@example.com", email_verified=True)
    assert returned(site().test_client(), "di").status_code == 403
    enters(site(password_sign_in=False), "di")


def test_the_holder_of_an_account_connects_it_and_disconnects_it(
    site: Site, openid: OpenIdProvider, database: Database
) -> None:
    app = site()
    client = signed_in(app, database, "editor")
    openid.knows("ed", email="somebody@else.example")
    assert post(client, "/account/provider", password="wrong password").status_code == 400
    asked = post(client, "/account/provider", password=PASSWORD)
    assert 'content="0; url=/sign-in/provider"' in asked.text
    answer = returned(client, "ed")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "You can sign in with Harbour from now on" in client.get("/account").text
    enters(app, "ed")
    other = signed_in(app, database, "viewer")
    post(other, "/account/provider", password=PASSWORD)
    taken = returned(other, "ed")
    assert taken.status_code == 409
    assert "belongs to another account here already" in taken.text
    assert post(client, "/account/provider/remove", password="wrong password").status_code == 400
    enters(app, "ed")
    assert post(client, "/account/provider/remove", password=PASSWORD).status_code == 303
    assert returned(app.test_client(), "ed").status_code == 403


def test_nobody_is_connected_who_did_not_ask_for_it(
    site: Site, openid: OpenIdProvider, database: Database
) -> None:
    app = site()
    client = signed_in(app, database, "editor")
    openid.knows("eve", email="eve@example.com", email_verified=True)
    assert returned(client, "eve").status_code == 403  # a sign-in, as anybody can make a link to
    assert database.identities.count_documents({}) == 0
    post(client, "/account/provider", password=PASSWORD)
    back = Visitor().sign_in(way_out(client), "eve")
    post(client, "/sign-out")
    assert client.get(back).status_code == 400  # its cookie went with the session
    post(client, "/sign-in", email="nobody@example.com", password=PASSWORD)
    assert database.identities.count_documents({}) == 0


@pytest.mark.parametrize("in_password", [True, False])
def test_an_invitation_is_good_for_who_comes_by_the_provider(
    site: Site, openid: OpenIdProvider, database: Database, in_password: bool
) -> None:
    app = site(password_sign_in=in_password)
    openid.knows("owner", email="owner@example.com", email_verified=True)
    create_user(database, "owner@example.com", "owner", PASSWORD)
    owner = enters(app, "owner")
    openid.knows("flo", email="flo@work.example")
    found = LINK.search(post(owner, "/people/invite", email="flo@example.com", role="editor").text)
    assert found
    client = app.test_client()
    page = client.get(found[1]).text
    assert "Join with <bdi>Harbour</bdi>" in page
    assert ('name="password"' in page) is in_password
    token = found[1].rpartition("/")[2]
    assert returned(client, "flo", f"?invitation={token}").status_code == 303
    assert role(database, "flo@example.com") == "editor"
    assert app.test_client().get(found[1]).status_code == 404
    openid.knows("gus", email="gus@example.com", email_verified=True)
    post(owner, "/people/invite", email="gus@example.com", role="contributor")
    enters(app, "gus")  # without the link: the address is verified
    assert role(database, "gus@example.com") == "contributor"
    page = owner.get("/people/").text
    assert "Signs in by Harbour" in page
    assert ("Signs in by password, Harbour" in page) is in_password


def test_the_claim_gives_the_role_anew_at_each_sign_in_and_takes_it(
    site: Site, openid: OpenIdProvider, database: Database
) -> None:
    create_user(database, "owner@example.com", "owner", PASSWORD)
    app, email = site(oidc_create=True, **ROLES, **SCOPE), "hal@example.com"
    openid.knows("hal", email=email, email_verified=True, roles=["friends", "staff", "others"])
    first = enters(app, "hal")
    assert role(database, email) == "editor"
    openid.knows("hal", email=email, email_verified=True, roles="heads")
    second = enters(app, "hal")
    assert role(database, email) == "owner"
    assert first.get("/account").status_code == 303  # its session was an editor's
    openid.knows("hal", email=email, email_verified=True, roles=["friends"])
    third = enters(app, "hal")
    assert role(database, email) == "viewer"
    assert second.get("/people/").status_code == 303
    openid.knows("hal", email=email, email_verified=True, roles=["staff"])
    fourth = enters(app, "hal")
    losses: tuple[dict[str, list[str]], ...] = ({"roles": []}, {"roles": ["others"]}, {})
    for gone in losses:
        openid.knows("hal", email=email, email_verified=True, **gone)
        refused = returned(app.test_client(), "hal")
        assert refused.status_code == 403
        assert "Harbour gives you no role on this site" in refused.text
    assert role(database, email) == "viewer"
    assert third.get("/account").status_code == fourth.get("/account").status_code == 303
    assert ("account.refuse", f"{email}, by Harbour") in deeds(database)
    openid.knows("ida", email="ida@example.com", email_verified=True, roles=["others"])
    assert returned(app.test_client(), "ida").status_code == 403
    assert database.users.count_documents({}) == 2


def test_the_only_owner_is_not_lost_by_a_claim(
    site: Site, openid: OpenIdProvider, database: Database
) -> None:
    app, email = site(oidc_create=True, **ROLES, **SCOPE), "jo@example.com"
    openid.knows("jo", email=email, email_verified=True, roles=["heads"])
    open_browser = enters(app, "jo")
    openid.knows("jo", email=email, email_verified=True, roles=["staff"])
    refused = returned(app.test_client(), "jo")
    assert refused.status_code == 409
    assert "only owner" in refused.text
    openid.knows("jo", email=email, email_verified=True, roles=[])
    assert returned(app.test_client(), "jo").status_code == 403
    assert role(database, email) == "owner"
    assert open_browser.get("/account").status_code == 303


def test_who_is_disabled_or_removed_stays_out_until_somebody_lets_them_in(
    site: Site, openid: OpenIdProvider, database: Database
) -> None:
    app = site(oidc_create=True)
    openid.knows("kim", email="kim@example.com", email_verified=True)
    client, owner = enters(app, "kim"), signed_in(app, database, "owner")
    kim = users.user_of(database, "kim@example.com")
    post(owner, f"/people/{kim.id}/disable")
    assert client.get("/account").status_code == 303
    refused = returned(app.test_client(), "kim")
    assert refused.status_code == 403
    assert "This account is disabled" in refused.text
    post(owner, f"/people/{kim.id}/enable")
    client = enters(app, "kim")
    post(owner, f"/people/{kim.id}/remove", pictures="keep")
    assert client.get("/account").status_code == 303
    openid.knows("kim again", email="kim@example.com", email_verified=True)
    for name in ("kim", "kim again"):
        refused = returned(app.test_client(), name)
        assert refused.status_code == 403
        assert "Your account on this site was removed" in refused.text
    assert database.users.find_one({"email": "kim@example.com"}) is None
    post(owner, "/people/invite", email="kim@example.com", role="viewer")
    enters(app, "kim")


def test_only_verified_addresses_of_the_sites_domains_come_in(site: Site, openid: OpenIdProvider) -> None:
    app = site(oidc_create=True, oidc_domains=("Harbour.example",))
    openid.knows("lu", email="lu@harbour.example", email_verified=True)
    openid.knows("mo", email="mo@harbour.example")
    openid.knows("nat", email="nat@harbour.example.evil.example", email_verified=True)
    enters(app, "lu")
    unverified, elsewhere = (returned(app.test_client(), name) for name in ("mo", "nat"))
    assert unverified.status_code == elsewhere.status_code == 403
    assert "does not say that it has verified yours" in unverified.text
    assert "Only addresses of harbour.example may sign in by Harbour" in elsewhere.text


def test_passwords_and_passkeys_open_nothing_where_the_provider_alone_decides(
    site: Site, openid: OpenIdProvider, database: Database
) -> None:
    app = site(password_sign_in=False)
    user = create_user(database, "owner@example.com", "owner", PASSWORD)
    page = app.test_client().get("/sign-in").text
    assert 'name="password"' not in page
    assert "data-passkey" not in page
    openid.knows("owner", email="owner@example.com", email_verified=True)
    owner = enters(app, "owner")
    assert 'name="password"' not in owner.get("/account").text
    found = LINK.search(post(owner, f"/people/{user.id}/reset").text)
    assert found
    before = site().test_client()  # a page that was open when passwords were still good
    form, stranger = {"csrf_token": token(before)}, app.test_client()
    cookie = before.get_cookie("picturerail-form")
    assert cookie
    stranger.set_cookie("picturerail-form", cookie.value)
    for path, fields in (
        ("/sign-in", {"email": "owner@example.com", "password": PASSWORD}),
        ("/sign-in/passkey", {"credential": "{}"}),
        (found[1], {"password": "another long password"}),
    ):
        answer = stranger.post(path, data={**form, **fields})
        assert answer.status_code == 403
        assert "People sign in to this site by Harbour." in answer.text


def test_signing_out_offers_the_providers_sign_out_too(
    site: Site, openid: OpenIdProvider, database: Database
) -> None:
    app = site(oidc_create=True)
    openid.knows("pia", email="pia@example.com", email_verified=True)
    client, visitor = app.test_client(), Visitor()
    assert returned(client, "pia", visitor=visitor).status_code == 303
    assert post(client, "/sign-out").status_code == 303
    assert client.get("/account").status_code == 303
    assert "Sign out at Harbour, too" in client.get("/").text
    there = client.get("/sign-out/provider").location
    asked = parse_qs(urlsplit(there).query)
    assert asked == {"client_id": [CLIENT], "post_logout_redirect_uri": [f"{HERE}/"]}
    assert "Do you want to sign-out" in visitor.page(there)
    by_password = signed_in(app, database, "viewer")
    post(by_password, "/sign-out")
    assert "Sign out at" not in by_password.get("/").text


def test_its_sessions_are_listed_and_ended_like_all_others(
    site: Site, openid: OpenIdProvider, database: Database
) -> None:
    app = site(oidc_create=True)
    openid.knows("quin", email="quin@example.com", email_verified=True)
    first, second = enters(app, "quin"), enters(app, "quin")
    assert post(second, "/account/sessions/end").status_code == 303
    assert first.get("/account").status_code == 303
    owner = signed_in(app, database, "owner")
    post(owner, f"/people/{users.user_of(database, 'quin@example.com').id}/sign-out")
    assert second.get("/account").status_code == 303
