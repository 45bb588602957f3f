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
