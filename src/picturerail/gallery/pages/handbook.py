"""The documentation at /docs/, for the gallery's owner: nothing of it needs another host."""

from flask import Blueprint, Response, render_template, request, send_from_directory, url_for

from picturerail.errors import NotFound
from picturerail.gallery.policy import Action
from picturerail.gallery.site import handbook
from picturerail.gallery.web import params
from picturerail.gallery.web.access import requires

MAX_WORDS = 200

blueprint = Blueprint("handbook", __name__)


@blueprint.get("/docs/")
@requires(Action.READ_HANDBOOK)
def contents() -> str:
    """All pages by what they answer, or the places where some words stand."""
    words = params.field(request.args, "q", limit=MAX_WORDS, required=False).strip()
    found = [(each, _section_address(each), handbook.snippet(each, words)) for each in handbook.find(words)]
    return _page(handbook.CONTENTS, words, found)


@blueprint.get("/docs/<path:name>")
@requires(Action.READ_HANDBOOK)
def show(name: str) -> Response | str:
    """One page, or a file that a page shows."""
    if handbook.is_file(name):
        return send_from_directory(handbook.FOLDER, name)
    return _page(name.removesuffix(".md"))


def _page(name: str, words: str = "", found: list[tuple[handbook.Section, str, str]] | None = None) -> str:
    page = handbook.page(name, _address)
    if page is None:
        raise NotFound("The documentation has no such page.")
    return render_template("handbook.html", page=page, words=words, found=found, max_words=MAX_WORDS)


def _address(name: str) -> str:
    return url_for(".contents") if name == handbook.CONTENTS else url_for(".show", name=name)


def _section_address(section: handbook.Section) -> str:
    return _address(section.page) + (f"#{section.anchor}" if section.anchor else "")
