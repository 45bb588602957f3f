"""The page on which an owner writes the site's name and words."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest, Conflict
from picturerail.gallery.actions import site as actions
from picturerail.gallery.policy import Action
from picturerail.gallery.site import texts
from picturerail.gallery.site.texts import SiteTexts
from picturerail.gallery.web import access, params, services
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify

blueprint = Blueprint("site", __name__)


@blueprint.get("/site/")
@requires(Action.NAME_SITE)
def form() -> Response:
    """The form, with what stands there now."""
    return _page(texts.read_texts(services.database()), "")


@blueprint.post("/site/")
@requires(Action.NAME_SITE)
def save() -> BaseResponse:
    """Save both, unless somebody else has since the form was made.

    Edges renew the pages that strangers see first, and the others within a minute.
    """
    name = params.field(request.form, "name", limit=10_000)
    words = params.field(request.form, "words", limit=100_000)
    kept = texts.read_texts(services.database())
    if params.field(request.form, "seen", limit=64, required=False) not in ("", kept.wording):
        theirs = f"They are now “{kept.name}” and “{kept.words}”."
        problem = f"Somebody else changed these meanwhile. {theirs} Saving replaces theirs."
        return _page(SiteTexts(name, words), problem, Conflict.status)
    try:
        actions.save_texts(access.acting(), name, words)
    except BadRequest as error:
        return _page(SiteTexts(name, words), error.message, error.status)
    notify(Notice("The name and the words of this site are saved."))
    return redirect(url_for("pictures.landing"), 303)


def _page(now: SiteTexts, problem: str, status: int = 200) -> Response:
    page = render_template(
        "site.html",
        texts=now,
        seen=texts.read_texts(services.database()).wording,
        problem=problem,
        max_name=texts.MAX_NAME,
        max_words=texts.MAX_WORDS,
    )
    response = make_response(page)
    response.status_code = status
    return response
