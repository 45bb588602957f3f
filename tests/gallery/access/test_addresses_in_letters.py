"""E-mail addresses with letters beyond ASCII are one address in each of their spellings."""

import pytest
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.accounts import create_user, users
from picturerail.gallery.accounts.email import folded
from tests.gallery.conftest import PASSWORD, post


@pytest.mark.parametrize("kept", ["ann@müller.example", "ann@xn--mller-kva.example"])
@pytest.mark.parametrize("email", ["ann@müller.example", "Ann@MÜLLER.example", "ann@xn--mller-kva.example"])
def test_a_domain_in_letters_and_as_networks_write_it_is_one(
    client: FlaskClient, database: Database, kept: str, email: str
) -> None:
    user = create_user(database, "ann@müller.example", "viewer", PASSWORD)
    database.users.update_one({"_id": user.id}, {"$set": {"email": kept}})  # as forms once sent it
    assert post(client, "/sign-in", email=email, password=PASSWORD, next="").status_code == 303
    assert users.user_of(database, email).id == user.id


@pytest.mark.parametrize(
    "email", ["a@xn--a.example", "a@xn--", "a@xn--99zzzzz-.example", "a@xn--strae-oqa.example"]
)
def test_what_is_no_spelling_of_letters_stays_as_it_is(email: str) -> None:
    assert folded(email) == email
