"""An account, and the scripts of an owner who has signed in at a running service."""

import pytest

from picturerail.database import Database
from picturerail.gallery.accounts import create_user, users
from tests.gallery.browser import Browser
from tests.gallery.conftest import PASSWORD
from tests.gallery.test_api import Script
from tests.service import Service

EMAIL = "ada@example.com"


@pytest.fixture
def ada(database: Database) -> users.User:
    return create_user(database, EMAIL, "owner", PASSWORD)


@pytest.fixture(scope="module")
def script(service: Service) -> Script:
    browser = Browser(service.url)
    browser.sign_in(service.owner_email, service.owner_password)
    return Script(service, browser)
