"""What a person has marked: favourites, stars; and the review, in which one picture after another is picked or not."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest
from picturerail.gallery import policy
from picturerail.gallery.actions import pictures as actions
from picturerail.gallery.pages.listing import asked_for, context, shown
from picturerail.gallery.pictures import listing
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.marks import KINDS, marks_of
from picturerail.gallery.policy import Action
from picturerail.gallery.search import index
from picturerail.gallery.search.index import Search
from picturerail.gallery.web import access, params, services
from picturerail.gallery.web.access import requires

VIEWS = {
    "favourite": ("favourite", "yes"),
    **{f"{stars}-stars": ("stars", stars) for stars in reversed(KINDS["stars"])},
    "picked": ("choice", "pick"),
    "rejected": ("choice", "reject"),
}

blueprint = Blueprint("marks", __name__)


@blueprint.get("/favourites/")
@requires(Action.HAVE_ACCOUNT)
def show() -> BaseResponse | str:
    """What the person has marked in one way: favourites, so many stars, picked, rejected."""
    name = request.args.get("mark", "favourite")
    if name not in VIEWS:
        raise BadRequest(f"'mark' must be one of {', '.join(VIEWS)}.")
    wanted = policy.marked(access.principal(), *VIEWS[name])
    page = asked_for(wanted)
    if page is None:
        return redirect(url_for("marks.show", mark=name), 303)
    return render_template(
        "favourites.html",
        **context(page, wanted, mark="" if name == "favourite" else name),
        mark=name,
        views=VIEWS,
        count=listing.count(services.database(), wanted, page) if page.pictures else None,
    )


@blueprint.post("/gallery/<picture_id>/mark")
@requires(Action.HAVE_ACCOUNT)
def put(picture_id: str) -> BaseResponse:
    """Mark a picture as the pressed button says (`stars=3`), and go on where the form says."""
    given = [(kind, request.form[kind]) for kind in KINDS if kind in request.form]
    if len(given) != 1:
        raise BadRequest(f"Send one of {', '.join(KINDS)}, with its value, or an empty one for none.")
    actions.mark(access.acting(), picture_id, *given[0])
    here = url_for("pictures.picture", picture_id=picture_id)
    return redirect(params.local_path(params.field(request.form, "back", required=False), here), 303)


@blueprint.get("/review/")
@requires(Action.CHANGE)
def review() -> BaseResponse | str:
    """One picture, large, to be picked, rejected, or given stars; then the next one, of all or of a search."""
    db, who, search = services.database(), access.principal(), Search.of(request.args.get("q", ""))
    wanted = _reviewed(search)
    direction, cursor = params.cursor(request.args)
    page = (
        listing.page(db, wanted, size=1, cursor=cursor, direction=direction) if wanted else listing.Page(())
    )
    q = search.text or None
    if not page.pictures:
        rejected = policy.marked(who, "choice", "reject")
        return render_template(
            "review_end.html", search=search, is_first=not cursor, rejected=listing.count(db, rejected)
        )
    [found] = page.pictures
    newer, older = listing.neighbours(db, wanted, found) if wanted else ("", "")
    ahead = (
        listing.page(db, wanted, size=1, cursor=older, direction="at").pictures if wanted and older else ()
    )
    [tile, *following] = shown([found, *ahead])
    return render_template(
        "review.html",
        picture=found,
        tile=tile,
        following=following,
        marks=marks_of(who.id, found.marks),
        here=url_for("marks.review", q=q, at=found.id),
        onwards=url_for("marks.review", q=q, after=found.id),
        back=url_for("marks.review", q=q, at=newer) if newer else "",
        search=search,
    )


def _reviewed(search: Search) -> PictureFilter | None:
    """Those of the pictures, or of a search, that the person may change; None where there are surely none."""
    wanted = policy.changeable(access.principal())
    if not search:
        return wanted
    words = index.matching(services.database(), search)
    return wanted.among(words) if words else None
