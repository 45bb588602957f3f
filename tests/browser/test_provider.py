"""Sign-in by a real OpenID provider in a real browser, with scripts and without: there, back, connected, and out."""

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE
from tests.gallery.oidc.provider import OpenIdProvider
from tests.service import Service
from tests.services import Services

EMAIL = "สมชาย@example.com"  # addresses may be in any script


@pytest.fixture(scope="module")
def site(
    services: Services, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, OpenIdProvider]]:
    """A program, and the provider by which its people sign in."""
    program = services.program()
    with OpenIdProvider(tmp_path_factory.mktemp("openid"), site=program.url, in_token=True) as provider:
        given = provider.settings(oidc_create="true")
        program.env |= {f"PICTURERAIL_{name.upper()}": str(value) for name, value in given.items()}
        with program:
            program.add_user("owner@example.com", "owner", password=secrets.token_urlsafe(12))
            yield program, provider


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(
    chromium: Browser, site: tuple[Service, OpenIdProvider], request: pytest.FixtureRequest
) -> Iterator[Page]:
    context = chromium.new_context(base_url=site[0].url, java_script_enabled=request.param)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def at_the_provider(page: Page, name: str) -> None:
    page.get_by_placeholder("Enter any login").fill(name)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def test_one_signs_in_there_and_out_of_both(page: Page, site: tuple[Service, OpenIdProvider]) -> None:
    _, provider = site
    provider.knows("som", email=EMAIL, email_verified=True)
    page.goto("/account")  # which leads to the sign-in page, and back afterwards
    page.get_by_role("link", name="Sign in with Harbour").click()
    at_the_provider(page, "som")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    expect(page.get_by_text(EMAIL)).to_be_visible()
    expect(page.get_by_text("You sign in with Harbour")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("link", name="Sign out at Harbour, too").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.goto("/sign-in")
    page.get_by_role("link", name="Sign in with Harbour").click()
    page.get_by_role("link", name="[ Cancel ]").click()
    expect(page.get_by_role("alert")).to_contain_text("You did not sign in at Harbour.")


def test_the_holder_of_an_account_connects_it(page: Page, site: tuple[Service, OpenIdProvider]) -> None:
    service, provider = site
    provider.knows("boss", email="boss@elsewhere.example")
    page.goto("/sign-in?next=/account")
    page.get_by_label("E-mail address").fill(service.owner_email)
    page.get_by_label("Password").fill(service.owner_password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("#provider-password").fill(service.owner_password)
    page.get_by_role("button", name="Connect").click()
    at_the_provider(page, "boss")
    expect(page.get_by_text("You can sign in with Harbour from now on.")).to_be_visible()
    page.goto("/people/")
    expect(page.get_by_text("Signs in by password, Harbour")).to_be_visible()
    page.goto("/account")
    page.get_by_text("Disconnect…").click()
    page.locator("#disconnect-password").fill(service.owner_password)
    page.get_by_role("button", name="Disconnect", exact=True).click()
    expect(page.get_by_text("Harbour opens this account no more.")).to_be_visible()
