"""The leak matrix at a cloud that is not ours: a second instance of the service, reached as a Cloudinary account."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery import cloud as media
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.maintenance import delivery
from picturerail.gallery.pictures import create
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.visibility import VISIBILITIES
from picturerail.settings import Settings, with_secrets
from tests.gallery.access import test_bytes, test_leaks
from tests.gallery.access.leak_matrix import PRINCIPALS, STATES
from tests.gallery.access.test_bytes import CLOSED, asked
from tests.gallery.access.test_leaks import Askers, askers, contributor
from tests.gallery.conftest import Maker, call, json_of, opened, token
from tests.gallery.conftest import make as make_document
from tests.gallery.test_uploads import fresh
from tests.service import Service

__all__ = ["askers", "contributor", "make_document"]
FEW = ("visitor", "viewer", "viewer to whom the album is given", "viewer who left that group", "owner")
SIGNED, BY_TOKEN = "signatures", "tokens"  # what the account opens closed addresses by


@pytest.fixture(params=[SIGNED, BY_TOKEN])
def cloud(request: pytest.FixtureRequest, stranger: CloudAccess, service: Service) -> CloudAccess:
    """An account with a key for tokens, or without."""
    key = with_secrets(Settings(data=service.data)).auth_token_key
    return replace(stranger, token_key=key if request.param == BY_TOKEN else "")


@pytest.fixture
def make(make_document: Maker, stranger: CloudAccess, database: Database) -> Maker:
    """Put a picture into the database, and its file where it belongs."""

    def picture(**fields: Any) -> Picture:
        made = make_document(**{**fields, "delivery": media.PRIVATE})
        content = fresh(40, 30)
        answer = media.send(
            stranger, io.BytesIO(content), len(content), "b.jpg", made.public_id, delivery=media.PRIVATE
        )
        version = int(answer["version"])
        database.gallery.update_one({"public_id": made.public_id}, {"$set": {"version": version}})
        return replace(made, version=version)

    return picture


def sent(owner: FlaskClient, visibility: str) -> dict[str, Any]:
    """A picture that came by the form, as the API tells it."""
    image = (io.BytesIO(fresh(900, 600)), "b.jpg")
    form = {"image": image, "visibility": visibility, "csrf_token": token(owner)}
    page = owner.post("/upload/", data=form, follow_redirects=True).text
    link = re.search(r'href="/gallery/([0-9a-f]{24})"[^>]*>Look at it', page)
    assert link, page
    told: dict[str, Any] = json_of(owner.get(f"/api/v1/pictures/{link[1]}"))["picture"]
    return told


def handed_out(client: FlaskClient, picture: dict[str, Any]) -> list[str]:
    """All sizes on a picture's page, as paths of the cloud."""
    found = re.search(r'<img src="[^"]+" srcset="([^"]+)"', opened(client, f"/gallery/{picture['id']}").text)
    assert found
    return ["/" + each.split()[0].replace("&amp;", "&").split("/", 3)[3] for each in found[1].split(", ")]


def test_every_address_that_a_stranger_may_write(
    owner: FlaskClient, client: FlaskClient, service: Service, database: Database
) -> None:
    """And what a page has handed out before its picture was hidden, or is handed out after it."""
    pictures = {state: sent(owner, state if state in VISIBILITIES else "public") for state in STATES}
    hidden, trashed, unlisted = *(pictures[each] for each in STATES[3:]), sent(owner, "unlisted")
    known = [address for each in (hidden, trashed, unlisted) for address in handed_out(client, each)]
    known += [f"/{each['url'].split('/', 3)[3]}".partition("?")[0] for each in (hidden, trashed)]
    assert {asked(service, each).status for each in handed_out(client, unlisted)} == {200}
    for each in (hidden, unlisted):
        call(owner, "PATCH", f"/api/v1/pictures/{each['id']}", {"visibility": "private"})
    call(owner, "DELETE", f"/api/v1/pictures/{trashed['id']}")
    assert {asked(service, each).status for each in known} <= CLOSED
    neighbour = sent(owner, "public")["public_id"]
    found = {str(each["_id"]): each for each in database.gallery.find()}
    present = {state: found[each["id"]] for state, each in pictures.items()}  # what is hidden is renamed
    assert test_bytes.wrong_cells(service, pictures, neighbour) == []
    assert test_bytes.wrong_cells(service, present, neighbour) == []
    for each in (pictures["private"], hidden, unlisted):
        addresses = handed_out(owner, each)
        assert {asked(service, one).status for one in addresses} == {200}
        assert all("/authenticated/" in one for one in addresses)
        assert {asked(service, re.sub(r"/s--[^/]+--|\?.*", "", one)).status for one in addresses} <= CLOSED
    call(owner, "PATCH", f"/api/v1/pictures/{hidden['id']}", {"visibility": "public"})
    assert {asked(service, each).status for each in handed_out(client, hidden)} == {200}


def test_a_crash_between_the_cloud_and_the_database_loses_nothing(
    owner: FlaskClient, service: Service, database: Database, cloud: CloudAccess, settings: Settings
) -> None:
    picture = sent(owner, "private")
    this, next_one = {"_id": ObjectId(picture["id"])}, create.new_public_id()
    database.gallery.update_one(this, {"$set": {"moving": True, "next_public_id": next_one}})
    media.move(cloud, picture["public_id"], media.AUTHENTICATED, media.AUTHENTICATED, next_one)
    delivery.catch_up(database, cloud, settings)
    kept = database.gallery.find_one(this)
    assert kept
    assert (kept["public_id"], "moving" in kept, "next_public_id" in kept) == (next_one, False, False)
    assert {asked(service, each).status for each in handed_out(owner, picture)} == {200}


def test_cells_of_pages(
    askers: Askers, contributor: tuple[FlaskClient, str], make: Maker, database: Database, cloud: CloudAccess
) -> None:
    """Each place for some of those who ask: the rest is `slow`."""
    if cloud.token_key:
        _, own_id = contributor
        assert test_leaks.wrong_cells(askers, own_id, make, database, asking=FEW, ways=(False,)) == []


@pytest.mark.slow
def test_every_cell_of_pages(
    askers: Askers, contributor: tuple[FlaskClient, str], make: Maker, database: Database
) -> None:
    client, own_id = contributor
    everybody = {**askers, "contributor, of their own": (client, {})}
    assert (
        test_leaks.wrong_cells(everybody, own_id, make, database, asking=PRINCIPALS, ways=(False, True)) == []
    )


def test_nothing_is_asked_of_our_own_service(app: Flask, client: FlaskClient, cloud: CloudAccess) -> None:
    """The page of a site whose pictures lie elsewhere names that host for images and nothing for others."""
    policy = client.get("/gallery/").headers["Content-Security-Policy"]
    assert cloud.delivery_origin() in policy
