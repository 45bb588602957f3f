"""Choosing what pictures are filtered by: camera, lens, format, shape, colour, time. What is chosen is a search."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest
from picturerail.gallery import policy
from picturerail.gallery.pictures import create, facets
from picturerail.gallery.search import index
from picturerail.gallery.search.facets import as_facet, facet_token
from picturerail.gallery.search.index import Search
from picturerail.gallery.search.periods import periods_of
from picturerail.gallery.web import access, params, services

NAMES = ("camera", "lens", "shape", "colour", "format", "taken")
FIELDS = {"camera": "camera.camera", "lens": "camera.lens"}  # whose values the gallery's pictures tell

blueprint = Blueprint("filters", __name__)


@blueprint.get("/gallery/filters")
def form() -> BaseResponse | str:
    """The form; sent, it leads to the search that it describes."""
    search = Search.of(request.args.get("q", ""))
    if request.args.get("go") == "1":
        return redirect(url_for("pictures.gallery", q=_composed(search) or None), 303)
    db, seen = services.database(), policy.listed(access.principal()).looks
    told = {name: index.facet_values(db, name, field, seen) for name, field in FIELDS.items()}
    choices = told | {"shape": facets.SHAPES, "colour": facets.COLOURS, "format": create.FORMATS}
    tokens = {term.word for term in search.terms}
    chosen = {
        name: next((value for value in values if facet_token(name, value) in tokens), "")
        for name, values in choices.items()
    }
    taken = next((word for word in tokens if word.startswith("@taken=")), "").removeprefix("@taken=")
    return render_template("filters.html", search=search, choices=choices, chosen=chosen, taken=taken)


def _composed(search: Search) -> str:
    """The search with what was chosen in place of what it had of these."""
    kept = [term.shown for term in search.terms if term.word.partition("=")[0].removeprefix("@") not in NAMES]
    chosen = {name: params.field(request.args, name, limit=100, required=False).strip() for name in NAMES}
    if chosen["taken"] and not (params.is_day(chosen["taken"]) or periods_of(chosen["taken"])):
        raise BadRequest(
            "Write the time as a year, a month or a day: 2026, 2026-05 or 2026-05-17; or as a range: 2026-05..2027."
        )
    return " ".join([*kept, *(as_facet(name, value) for name, value in chosen.items() if value)])
