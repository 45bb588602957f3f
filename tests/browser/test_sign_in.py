"""Signing in by the form, as Chromium sends it."""

import pytest

from tests.browser.conftest import Open
from tests.service import Service


@pytest.mark.parametrize("address", ["สมชาย@example.com", "ann@müller.example", "ада@почта.example"])
def test_addresses_in_any_script_sign_in(open_page: Open, service: Service, address: str) -> None:
    """Browsers refuse such a name in a field for e-mail addresses, and send another spelling of such a domain."""
    service.add_user(address, "viewer", service.owner_password)
    page = open_page("/sign-in", owner=False)
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(service.owner_password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def test_links_to_choose_a_password_are_taken(open_page: Open, service: Service) -> None:
    """The page keeps its address, which is a secret, to itself, and yet its form says where it comes from."""
    owner = open_page("/people/")
    owner.get_by_role("textbox", name="E-mail address").fill("guest@example.com")
    owner.get_by_role("button", name="Make the link").click()
    address = owner.get_by_label("Link", exact=True).input_value()
    page, sent = open_page(owner=False), []
    page.on("request", lambda request: sent.append(request))
    page.goto(address)
    page.get_by_label("Password").fill("a long walk by the sea")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Sign out").wait_for()
    assert [each.headers.get("referer") for each in sent if "/join/" in each.headers.get("referer", "")] == []
    [form] = [each.all_headers() for each in sent if each.method == "POST"]
    assert form["origin"] == service.url, "where browsers do not say Sec-Fetch-Site, this alone lets it in"
