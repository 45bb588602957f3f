"""The gallery on a real mongod; uploads go to a real media service, that of the whole program."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from argon2 import PasswordHasher
from bson import ObjectId
from flask import Flask, Response, current_app, request
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from jinja2 import FileSystemBytecodeCache
from PIL import Image
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from picturerail.clock import now
from picturerail.database import Database
from picturerail.gallery.accounts import create_user, passwords, users
from picturerail.gallery.accounts.sessions import start_session
from picturerail.gallery.api.operations import contract_of
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.cloud_account import parse_cloudinary_url
from picturerail.gallery.pictures.facets import facet_tokens
from picturerail.gallery.pictures.model import Picture, new_id, parse_picture
from picturerail.gallery.pictures.order import sort_keys
from picturerail.gallery.search.words import tokens_of
from picturerail.schemas.structs import JSON, PROBLEM, ApiAnswer, Problem
from picturerail.settings import Settings
from tests.files import jpeg, scene
from tests.gallery.browser import Page
from tests.service import Service
from tests.services import Services

FAR = "https://far.example"
PASSWORD = "correct horse battery"
ROLES = ("visitor", "viewer", "contributor", "editor", "owner")

Maker = Callable[..., Picture]


@pytest.fixture(scope="package")
def service(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A program of the gallery's tests alone: they look at what is newest, held or in the spool.

    The host FAR has some pictures for it.
    """
    folder = tmp_path_factory.mktemp("far")
    (folder / "boat").write_bytes(jpeg(300, 200, 0) + b"far away")
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2024:05:17 18:30:00"  # DateTimeOriginal
    scene(320, 240, 9).save(folder / "camera", "JPEG", exif=exif)
    (folder / "page").write_bytes(b"<!doctype html><title>No picture</title>")
    names = {"boat.jpg": "boat", "photo?id=7": "camera", "page.html": "page", "gone.jpg": "gone"}
    files = ",".join(f"{FAR}/{name}={folder / file}" for name, file in names.items())
    (folder / "gone").touch()
    with services.owned({"PICTURERAIL_FETCH_MAP": files}) as running:
        yield running


@pytest.fixture
def settings(mongo_uri: str, tmp_path: Path) -> Settings:
    """Settings of a gallery in a folder of its own."""
    return Settings(
        mongo_uri=mongo_uri,
        secret_key="a secret for tests only",
        data=tmp_path / "data",
        upload_folder=tmp_path / "uploads",
        sign_in_tries=1000,
    )


@pytest.fixture
def cloud() -> CloudAccess:
    """Our own cloud, as far as its addresses go: nobody listens at its port."""
    return CloudAccess(
        "picturerail", "key", "secret", "http://127.0.0.1:9", "", own=True, site_url="http://127.0.0.1:8000"
    )


@pytest.fixture
def stranger(service: Service) -> CloudAccess:
    """A media service that is not ours: that of another program."""
    return parse_cloudinary_url(service.cloudinary_url)


@pytest.fixture(scope="session", autouse=True)
def quick_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The pages' templates are compiled once for all applications of these tests."""
    kept = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": kept})
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords are hashed in no time, and ours is not judged; what is really done is tested where accounts are."""
    judged = passwords._guesses

    def guesses(text: str, known: list[str]) -> int:
        return passwords.MIN_GUESSES if text == PASSWORD else judged(text, known)

    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", quick)
        patch.setattr(passwords, "_guesses", guesses)
        patch.setattr(users, "NOBODY", quick.hash("the password of nobody"))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_routes() -> Iterator[None]:
    """What writes a rule's addresses is compiled once, which is most of what making an application takes."""
    compiled = Rule._compile_builder
    known: dict[tuple[Any, ...], Any] = {}

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        of = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        return known.get(of) or known.setdefault(of, compiled(rule, append_unknown))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        yield


@pytest.fixture
def app(settings: Settings, cloud: CloudAccess, database: Database) -> Flask:
    """The gallery, on a database without documents; each answer of its API must fit its struct."""
    app = create_app(settings, cloud)
    app.after_request(_fits_its_struct)
    return app


def _fits_its_struct(answer: Response) -> Response:
    contract = contract_of(current_app.view_functions.get(request.endpoint or ""))
    kind = contract.answers.get(answer.status_code, Problem) if contract else str
    if isinstance(kind, type) and issubclass(kind, ApiAnswer) and answer.mimetype in (JSON, PROBLEM):
        told = answer.get_json()
        kept = msgspec.convert(told, type=kind, strict=True)
        assert msgspec.to_builtins(kept) == told  # nothing more than the struct says
    return answer


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor."""
    return app.test_client()


@pytest.fixture
def people(app: Flask, database: Database) -> dict[str, FlaskClient]:
    """A client for each role, signed in; and a visitor."""
    return {
        role: app.test_client() if role == "visitor" else signed_in(app, database, role) for role in ROLES
    }


@pytest.fixture
def owner(app: Flask, database: Database) -> FlaskClient:
    """The owner, signed in."""
    return signed_in(app, database, "owner")


@pytest.fixture
def make(database: Database) -> Maker:
    """Put a picture into the database, as an upload leaves it."""

    def picture(**fields: Any) -> Picture:
        identity = new_id()
        document: dict[str, Any] = {
            "_id": identity,
            "url": f"http://127.0.0.1:8000/picturerail/image/upload/v17/gallery/{identity}.jpg",
            "description": "A boat",
            "filename": "boat.jpg",
            "public_id": f"gallery/{identity}",
            "asset_id": "0" * 32,
            "version": 17,
            "width": 1600,
            "height": 1200,
            "format": "jpg",
            "bytes": 345678,
            "etag": f"{identity}00000000",
            "color": "#a1b2c3",
            "thumbhash": "3OcRJYB4d3h/iIeHeEh3eIhw+j3A",
            "tags": [],
            "created_at": now(),
            "updated_at": now(),
            "state": "live",
            "visibility": "public",
            "shown": fields.get("visibility", "public"),
            **fields,
        }
        words = tokens_of(document["description"], document["filename"], document["tags"])
        document["tokens"] = sorted([*words, *facet_tokens(parse_picture(document))])
        document["sort"] = sort_keys(parse_picture(document))
        database.gallery.insert_one(document)
        return parse_picture(document)

    return picture


def signed_in(app: Flask, database: Database, role: str) -> FlaskClient:
    """A client with a new account of that role, and a session as signing in begins one."""
    user = create_user(database, f"{role}-{ObjectId()}@example.com", role, PASSWORD)
    client = app.test_client()
    session = start_session(database, user, days=1, agent="Werkzeug", address="127.0.0.1")
    client.set_cookie("picturerail", session)
    return client


def token(client: FlaskClient) -> str:
    """A token as this client's forms carry one; it is good for as long as the form cookie stays the same."""
    with client.session_transaction() as session:
        raw = session.setdefault("csrf_token", secrets.token_hex(20))
    signer = URLSafeTimedSerializer(str(client.application.secret_key), salt="wtf-csrf-token")
    return str(signer.dumps(raw))


def post(client: FlaskClient, path: str, **form: str | list[str]) -> Any:
    """Send a form with its token."""
    return client.post(path, data={**form, "csrf_token": token(client)})


def call(client: FlaskClient, method: str, path: str, body: Any = None) -> Any:
    """Call the JSON API as the browser's code does."""
    return client.open(path, method=method, json=body, headers={"X-CSRFToken": token(client)})


def opened(client: FlaskClient, path: str, status: int = 200) -> Page:
    """A page as a browser without JavaScript sees it."""
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == status, answer.text
    return Page(answer.status_code, answer.headers, answer.data, path)  # type: ignore[arg-type]


def json_of(answer: TestResponse) -> Any:
    """The body of an answer of the API."""
    assert answer.content_type == (JSON if answer.status_code < 400 else PROBLEM)
    return answer.json


def snapshot(database: Database) -> str:
    """Everything that a request could change."""
    kept = {name: list(database[name].find({}).sort("_id", 1)) for name in ("gallery", "users")}
    return str(kept)
