"""The documentation at /docs/: whole, found by words, for owners only, and out of nothing but its folder."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.site import handbook
from tests.gallery.conftest import signed_in

HREF = re.compile(r'(?:href|src)="(/docs/[^"#]*)(?:#([^"]*))?"')


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """Each page's HTML."""
    pages = {name: handbook.page(name, lambda target: f"/docs/{target}") for name in handbook.names()}
    return {name: str(page.body) for name, page in pages.items() if page}


def test_every_link_inside_leads_to_a_page_a_heading_or_a_file(shown: dict[str, str]) -> None:
    wrong: list[tuple[str, ...]] = []
    for name, body in shown.items():
        for address, anchor in HREF.findall(body):
            target = address.removeprefix("/docs/")
            if target not in shown and not handbook.is_file(target):
                wrong.append((name, target))
            elif anchor and f'id="{unescape(anchor)}"' not in shown[target]:
                wrong.append((name, target, anchor))
    assert wrong == []
    assert len(shown) > 40


def test_a_link_into_the_sources_is_plain_text(shown: dict[str, str]) -> None:
    assert "SECURITY.md" in shown["security"]
    assert not any(re.search(r'(?:href|src)="(?!/docs/|#|https?:)', body) for body in shown.values())


def test_markup_in_a_page_is_text(shown: dict[str, str]) -> None:
    assert not any(re.search(r"<(?:script|style|iframe)\b| style=| on\w+=", body) for body in shown.values())


def test_an_owner_reads_and_searches(owner: FlaskClient) -> None:
    contents = owner.get("/docs/").text
    assert 'href="/docs/start"' in contents
    assert owner.get("/docs/start").text.count("<pre>") > 3
    assert owner.get("/docs/start.md").status_code == 200
    assert owner.get("/docs/reference/media-api.json").mimetype == "application/json"
    assert owner.get("/docs/images/use/upload.jpg").mimetype == "image/jpeg"
    found = owner.get("/docs/?q=disk+is+nearly+full").text
    assert 'href="/docs/troubleshooting' in found
    assert "Nothing found for" in owner.get("/docs/?q=zyzzyva").text
    assert "&lt;b&gt;" in owner.get("/docs/?q=<b>").text


@pytest.mark.parametrize(
    "path",
    [
        "nowhere",
        "..%2fpyproject.toml",
        "images/..%2f..%2fLICENSE",
        "images/../../x.json",
        "decisions",
        "a%00b",
    ],
)
def test_nothing_else_is_given(owner: FlaskClient, path: str) -> None:
    assert owner.get(f"/docs/{path}").status_code == 404


def test_others_are_sent_away(app: Flask, database: Database, client: FlaskClient) -> None:
    editor = signed_in(app, database, "editor")
    assert "/sign-in" in client.get("/docs/").location
    assert editor.get("/docs/start").status_code == 403
    assert "/docs/" not in editor.get("/").text
