"""Headers of every class of answer: what a page may load, who may keep it, what is compressed."""

import gzip
import re
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.gallery.web import services
from picturerail.gallery.web.errors import SENTENCES
from tests.gallery.conftest import Maker


def test_every_class_of_answer_is_protected(
    app: Flask, client: FlaskClient, owner: FlaskClient, make: Maker
) -> None:
    picture = make()
    answers = [
        client.get("/"),
        client.get("/nowhere"),
        client.get("/upload/"),
        client.get("/api/v1/pictures"),
        client.get("/api/v1/nowhere"),
        client.get("/healthz"),
        owner.get(f"/gallery/{picture.id}/download"),
        client.get("/static/nothing.css"),
        client.post("/sign-in"),
        client.put("/"),
        client.options("/gallery/"),
        owner.get("/account"),
        owner.get("/gallery/"),
    ]
    assert {answer.status_code for answer in answers} >= {200, 302, 303, 403, 404, 405}
    for answer in answers:
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "geolocation=()" in headers["Permissions-Policy"]
        assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; object-src 'none'; script-src 'self';")
        assert "base-uri 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "Strict-Transport-Security" not in headers
        assert "Access-Control-Allow-Origin" not in headers
        assert "Cache-Control" in headers


def test_what_is_text_says_how_it_is_encoded(client: FlaskClient, owner: FlaskClient, make: Maker) -> None:
    make()
    [style] = re.findall(r'<link rel="stylesheet" href="([^"]+)"', client.get("/").text)
    answers = [
        owner.get(path) for path in ("/", "/nowhere", style, "/gallery/feed.atom", "/healthz", "/docs/")
    ]
    answers += [
        client.get("/", headers={"Host": "x y"}),
        client.get("/", headers={"Host": "localhost:1@evil"}),
    ]
    kinds = {answer.mimetype for answer in answers}
    assert kinds >= {"text/html", "text/css", "application/atom+xml", "text/plain"}
    for answer in answers:
        assert answer.content_type.endswith("charset=utf-8"), answer.content_type


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/static/",
        "/static",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/templates/",
        "/src/",
    ],
)
def test_nothing_of_the_program_and_no_folder_is_shown(owner: FlaskClient, path: str) -> None:
    assert owner.get(path).status_code == 404


def test_a_file_that_is_not_there_costs_no_page(client: FlaskClient) -> None:
    """Nothing is drawn, and nothing asked of the database."""
    with patch.object(services, "database", side_effect=AssertionError):
        answer = client.get("/static/old.css")
    assert (answer.status_code, answer.content_type) == (404, "text/plain; charset=utf-8")
    assert answer.text == f"{SENTENCES[404]}\n"
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/nowhere").mimetype == "text/html"


def test_no_request_id_is_taken_from_outside(client: FlaskClient) -> None:
    assert client.get("/", headers={"X-Request-Id": "mine"}).headers["X-Request-Id"] != "mine"


def test_pages_of_people_are_nobody_elses(client: FlaskClient, owner: FlaskClient) -> None:
    visitors, owners = client.get("/gallery/"), owner.get("/gallery/")
    assert "Cookie" in visitors.headers["Vary"]
    assert "Cookie" in owners.headers["Vary"]
    assert visitors.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in visitors.headers
    assert owners.headers["Cache-Control"] == "private, no-cache"
    for path in ("/account", "/sign-in"):
        assert owner.get(path).headers["Cache-Control"] in {"no-store", "private, no-cache"}
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"
    assert client.get("/nowhere").headers["Cache-Control"] == "no-store"


def test_pages_hold_no_script_and_no_style_that_the_policy_would_stop(
    people: dict[str, FlaskClient], make: Maker
) -> None:
    picture = make()
    for path in (
        "/",
        "/gallery/",
        f"/gallery/{picture.id}",
        "/upload/",
        "/trash/",
        "/sign-in",
        "/account",
        "/nowhere",
    ):
        answer = people["editor"].get(path)
        assert re.findall(r"<script(?![^>]* src=)", answer.text) == []
        assert (
            re.findall(r"<[^>]*\s(?:on\w+|style)\s*=", re.sub(r"data-picture='[^']*'", "", answer.text)) == []
        )
        assert re.findall(r"(?:src|href|action)=\"https?://(?!127\.0\.0\.1)", answer.text) == []
        nonces = set(re.findall(r'<style nonce="([^"]+)"', answer.text))
        for nonce in nonces:
            assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
    assert (
        people["editor"].get("/").headers["Content-Security-Policy"]
        != answer.headers["Content-Security-Policy"]
    )


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"])
def test_metrics_are_for_this_machine_only(client: FlaskClient, header: str) -> None:
    own = client.get("/metrics")
    assert 'picturerail_pictures{state="live"} 0.0' in own.text
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.1"}).status_code == 404
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "localhost:1@evil", "a" * 300, "x y", ""])
def test_no_address_is_made_from_the_host_header(client: FlaskClient, make: Maker, host: str) -> None:
    picture = make()
    answer = client.get(f"/gallery/{picture.id}", headers={"Host": host, "X-Forwarded-Host": host})
    assert answer.status_code in {200, 400}
    if host:
        assert host not in answer.text


def test_large_bodies_are_refused(client: FlaskClient) -> None:
    for body in ({"email": "x" * 600_000, "password": "x"}, {f"f{n}": "x" for n in range(100_000)}):
        answer = client.post("/sign-in", data=body)
        assert answer.status_code == 413
        assert "the limit is 256 kB" in answer.text


def test_what_visitors_load_is_compressed_and_what_holds_a_token_is_not(
    client: FlaskClient, owner: FlaskClient, make: Maker
) -> None:
    for _ in range(10):
        make()
    asked = {"Accept-Encoding": "gzip, br"}
    plain, packed = client.get("/gallery/"), client.get("/gallery/", headers=asked)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 4
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data).count(b"<img") == plain.data.count(b"<img")
    for personal in (owner.get("/gallery/", headers=asked), client.get("/sign-in", headers=asked)):
        assert "Content-Encoding" not in personal.headers


def test_built_files_are_compressed_and_kept_for_ever(client: FlaskClient) -> None:
    [style] = re.findall(r'<link rel="stylesheet" href="([^"]+)"', client.get("/").text)
    plain, packed = client.get(style), client.get(style, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    for answer in (plain, packed):
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Accept-Encoding" in answer.headers["Vary"]
    again = client.get(style, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]})
    assert again.status_code in {200, 304}
