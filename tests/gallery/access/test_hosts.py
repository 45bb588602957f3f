"""The site answers to its public name in every spelling, and a refusal names the setting."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.settings import Settings


@pytest.fixture
def public(settings: Settings, cloud: CloudAccess) -> FlaskClient:
    return create_app(replace(settings, public_url="https://pics.example"), cloud).test_client()


@pytest.mark.parametrize(
    "host",
    [
        "pics.example",
        "PICS.example",
        "pics.example:443",
        "127.0.0.1:8000",
        "localhost",
        "[::1]:8000",
        "LOCALHOST:80",
    ],
)
def test_every_spelling_of_the_name_is_taken(public: FlaskClient, host: str) -> None:
    assert public.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "pics.example:8443", "pics.example.evil.example", "127.0.0.1.evil"]
)
def test_another_name_is_refused_and_the_setting_named(public: FlaskClient, host: str) -> None:
    answer = public.get("/healthz", headers={"Host": host})
    assert answer.status_code == 400
    assert "PICTURERAIL_PUBLIC_URL" in answer.text


def test_a_proxy_that_hides_the_host_is_named_as_the_cause(settings: Settings, cloud: CloudAccess) -> None:
    client = create_app(settings, cloud).test_client()
    headers = {"Host": "127.0.0.1:8000", "Origin": "https://pics.example", "Sec-Fetch-Site": "same-origin"}
    answer = client.post("/sign-in", headers=headers)
    assert answer.status_code == 403
    assert "https://pics.example" in answer.text
    assert "PICTURERAIL_PUBLIC_URL" in answer.text


@pytest.mark.parametrize(
    ("host", "expected"), [("0.0.0.0", "http://nas.lan:8000"), ("127.0.0.1", "http://127.0.0.1:8000")]
)
def test_links_lead_to_the_address_that_was_asked(
    settings: Settings, cloud: CloudAccess, host: str, expected: str
) -> None:
    client = create_app(replace(settings, host=host), cloud).test_client()
    page = client.get("/", headers={"Host": "nas.lan:8000"}).text
    assert f'<meta property="og:url" content="{expected}/">' in page
