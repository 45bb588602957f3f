"""An account."""

import pytest

from picturerail.database import Database
from picturerail.gallery.accounts import create_user, users
from tests.gallery.conftest import PASSWORD

EMAIL = "ada@example.com"


@pytest.fixture
def ada(database: Database) -> users.User:
    return create_user(database, EMAIL, "owner", PASSWORD)
