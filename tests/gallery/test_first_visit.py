"""The first visitor of a process waits for no template: those of the pages that links lead to are compiled before."""

from unittest.mock import Mock

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.gallery.app import compile_first_pages
from picturerail.rsgi import public
from tests.gallery.conftest import Maker


def loaded(app: Flask) -> set[str]:
    """The templates that are compiled."""
    assert app.jinja_env.cache is not None
    return {name for _, name in app.jinja_env.cache}


def test_the_pages_that_links_lead_to_are_compiled_before_anybody_comes(
    app: Flask, client: FlaskClient, make: Maker
) -> None:
    picture = make()
    compile_first_pages(app)
    before = loaded(app)
    for path in ("/", "/gallery/", f"/gallery/{picture.id}"):
        assert client.get(path).status_code == 200
    assert loaded(app) == before


def test_the_door_opens_when_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("processes", "logs", "metrics", "load", "cloud_access"):
        monkeypatch.setattr(public, part, Mock())
    monkeypatch.setattr(public, "all_edges", Mock(return_value=()))
    monkeypatch.setattr(public, "create_gallery", Mock(return_value="the gallery"))
    compiled = Mock(side_effect=InterruptedError)
    monkeypatch.setattr(public, "compile_first_pages", compiled)
    with pytest.raises(InterruptedError):
        public.door()
    compiled.assert_called_once_with("the gallery")
