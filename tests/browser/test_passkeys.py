"""Passkeys in a real browser, with a device of its own making (CDP WebAuthn): made, used, removed."""

from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.conftest import PATIENCE
from tests.service import Service

DEVICE: dict[str, Any] = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_one_makes_a_key_signs_in_by_it_and_removes_it(chromium: Browser, service: Service) -> None:
    context = chromium.new_context(base_url=service.url.replace("127.0.0.1", "localhost"))
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    key = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(service.owner_email)
    page.get_by_label("Password").fill(service.owner_password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("form[data-sign-out] button").wait_for()

    page.goto("/account")
    page.get_by_label("What it is called").fill("The test's device")
    page.locator("#passkey-password").fill(service.owner_password)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is known here.")).to_be_visible()
    expect(page.get_by_text("The test's device")).to_be_visible()

    page.locator("form[data-sign-out] button").click()
    page.goto("/sign-in?next=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()

    key_line = page.locator("li", has_text="The test's device")
    key_line.locator("summary").click()
    key_line.get_by_label("Present password").fill(service.owner_password)
    key_line.get_by_role("button", name="Remove this passkey").click()
    expect(page.get_by_text("The passkey is removed here.")).to_be_visible()
    page.locator("form[data-sign-out] button").click()
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This passkey is not known here")).to_be_visible()

    device.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, "isUserVerified": False}})
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That did not work.")).to_be_visible()
    context.close()


def device_with(device: CDPSession, credential: dict[str, Any] | None = None) -> str:
    """Another device in the place of all others, with a copy of a key or none."""
    device.send("WebAuthn.disable")
    device.send("WebAuthn.enable")
    made: str = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    if credential:
        device.send("WebAuthn.addCredential", {"authenticatorId": made, "credential": credential})
    return made


def enters(page: Page, *, well: bool) -> None:
    """Sign in by a passkey, or fail to, and be signed out after it."""
    page.context.clear_cookies()
    page.goto("/sign-in?next=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    if well:
        expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    else:
        expect(page.get_by_text("This passkey is not known here")).to_be_visible()


def test_each_device_has_a_key_of_its_own_and_a_copy_lets_nobody_in(
    chromium: Browser, service: Service
) -> None:
    """A copy is noticed by its counter, which stands where the key itself has been already."""
    context = chromium.new_context(base_url=service.url.replace("127.0.0.1", "localhost"))
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    device = context.new_cdp_session(page)
    page.goto("/sign-in?next=/account")
    page.get_by_label("E-mail address").fill(service.owner_email)
    page.get_by_label("Password").fill(service.owner_password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    keys: list[dict[str, Any]] = []
    for name in ("The telephone", "The computer"):
        made = device_with(device)
        page.get_by_label("What it is called").fill(name)
        page.locator("#passkey-password").fill(service.owner_password)
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.locator("li", has_text=name)).to_be_visible()
        keys += device.send("WebAuthn.getCredentials", {"authenticatorId": made})["credentials"]
    telephone, computer = keys
    for key in (telephone, computer):
        device_with(device, {**key, "signCount": key["signCount"] + 5})
        enters(page, well=True)
    device_with(device, telephone)  # the copy of a moment before
    enters(page, well=False)
    device_with(device, {**telephone, "signCount": telephone["signCount"] + 9})
    enters(page, well=True)
    context.close()
