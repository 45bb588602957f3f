"""Albums: all of them, one with its pictures, the form for its texts, and filling and ordering by what is ticked."""

from typing import Any

from bson import ObjectId
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.database import Database
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.gallery import policy
from picturerail.gallery.accounts import groups, users
from picturerail.gallery.accounts.email import MAX_EMAIL
from picturerail.gallery.actions import albums as actions
from picturerail.gallery.albums import lookup
from picturerail.gallery.albums.model import Album
from picturerail.gallery.page_cache import ALBUMS, NEWEST
from picturerail.gallery.pages import album_choice
from picturerail.gallery.pages.bulk import chosen, counted, pictures_in_words
from picturerail.gallery.pages.listing import PLACE, asked_for, context, shown
from picturerail.gallery.pictures import listing, view
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, page_cache, params, services
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, keep_ticks, notify

PAGE = 60
FIELDS = ("title", "description", "parent", "order", "visibility", "location", "q")
STEPS = {"earlier": -1, "later": 1}

blueprint = Blueprint("albums", __name__)


@blueprint.get("/albums/")
def show_all() -> str:
    """The albums that lie in no other, newest first; with `q`, those of all that have these words in their titles."""
    text = request.args.get("q", "").strip()[: album_choice.MAX_WORDS]
    after = request.args.get("after", "")
    found, following = lookup.page(
        services.database(),
        policy.albums(access.principal()),
        size=PAGE,
        after=after,
        parent=None if text else "",
        title=text,
    )
    shelf = _shelf(found, policy.listed(access.principal()))
    if not text:  # edges keep none of these: there are too many searches
        page_cache.may_be_kept([ALBUMS, *_found(found), *(cover.id for cover in shelf["covers"].values())])
    older = url_for("albums.show_all", after=following, q=text or None) if following else ""
    return render_template("albums.html", **shelf, older=older, text=text, are_many=bool(following or after))


@blueprint.get("/albums/<slug>")
def show(slug: str) -> BaseResponse | str:
    """One album: the albums in it, and its pictures in its order."""
    db, who = services.database(), access.principal()
    album = lookup.with_slug(db, slug, policy.seen_albums(who))
    if slug != album.slug:
        kept: dict[str, Any] = {name: request.args[name] for name in PLACE if name in request.args}
        return redirect(url_for("albums.show", slug=album.slug, **kept), 301)
    wanted = lookup.pictures_in(db, album, policy.seen_in(who, album))
    page = asked_for(wanted)
    if page is None:
        return redirect(album.href, 303)
    by_hand = album.order == "hand" and policy.may(who, Action.CHANGE, album)
    inside, further = lookup.page(
        db, policy.albums_in(who, album), size=PAGE, parent=album.id, after=request.args.get("inside", "")
    )
    shelf = _shelf(inside, policy.seen_in(who, album))
    covers = (cover.id for cover in shelf["covers"].values())
    names = (*_found([album, *inside]), *(one.id for one in page.pictures), *covers)
    page_cache.may_be_kept([ALBUMS, album.id, *names])
    return render_template(
        "album.html",
        **context(page, wanted, album=album.slug),
        **shelf,
        further=url_for("albums.show", slug=album.slug, inside=further) if further else "",
        social=_card(album, page),
        album=album,
        arranged=url_for("album_api.order_album", album_id=album.id) if by_hand else "",
        behind=page.following if by_hand else "",
        **(_viewers(db, album) if policy.may(who, Action.CHANGE, album) else {}),
        above=lookup.above(db, album, policy.albums(who)),
        count=listing.count(db, wanted, page) if page.pictures else None,
    )


@blueprint.get("/albums/new")
@requires(Action.ADD)
def form() -> str:
    """The form for a new album, which lies in `parent` at first."""
    return _form(None, parent=request.args.get("parent", ""))


@blueprint.post("/albums/new")
@requires(Action.ADD)
def create() -> BaseResponse:
    """Make an album."""
    fields = _fields()
    try:
        album = actions.create(access.acting(), fields)
    except (BadRequest, Conflict) as error:
        if "q" in fields:  # the form for a new album has no search: the page with its button has it
            raise
        return make_response(_form(None, fields, problem=error.message), error.status)
    then = (
        "shows by itself what the search finds, from now on."
        if album.is_smart
        else "is there. Tick pictures in the gallery to hang them in it."
    )
    notify(Notice(f"“{album.title}” {then}"))
    return redirect(album.href, 303)


@blueprint.get("/albums/<slug>/edit")
@requires(Action.CHANGE)
def edit(slug: str) -> str:
    """The form for an album's texts."""
    return _form(_editable(slug))


@blueprint.post("/albums/<slug>/edit")
@requires(Action.CHANGE)
def save(slug: str) -> BaseResponse:
    """Save an album's texts, unless somebody else has since the form was made."""
    kept, fields = _editable(slug), _fields()
    seen = params.field(request.form, "seen", limit=64, required=False)
    if seen not in ("", kept.wording):
        return make_response(_form(kept, fields, is_conflict=True), Conflict.status)
    try:
        album = actions.change(access.acting(), kept.id, fields)
    except (BadRequest, Conflict) as error:
        return make_response(_form(kept, fields, problem=error.message), error.status)
    notify(Notice(f"“{album.title}” is saved."))
    return redirect(album.href, 303)


@blueprint.get("/albums/<slug>/move")
@requires(Action.CHANGE)
def move(slug: str) -> str:
    """Choose among all albums the one in which it is to lie."""
    return album_choice.to_lie_in(_editable(slug))


@blueprint.post("/albums/<slug>/viewers")
@requires(Action.CHANGE)
def set_viewer(slug: str) -> BaseResponse:
    """Give an album to somebody who has an account or to a group, or take it from them."""
    act = {"give": actions.grant, "take": actions.revoke}.get(params.field(request.form, "choice", limit=10))
    if act is None:
        raise BadRequest("'choice' must be give or take.")
    name = params.field(request.form, "email", limit=MAX_EMAIL)
    try:
        album = act(access.acting(), _editable(slug).id, name)
    except (NotFound, Conflict) as error:
        notify(Notice(error.message, kind="danger"))
        return redirect(url_for("albums.show", slug=slug), 303)
    seen = "sees" if act is actions.grant else "sees no more, but for what everybody sees,"
    inside = "" if album.is_smart else " and what is in it"
    notify(Notice(f"{name} {seen} “{album.title}”{inside}."))
    return redirect(album.href, 303)


@blueprint.post("/albums/<slug>/delete")
@requires(Action.CHANGE)
def delete(slug: str) -> BaseResponse:
    """Delete an album and the albums in it, never a picture, with an Undo."""
    album, batch = actions.delete(access.acting(), _editable(slug).id)
    undo = url_for("albums.restore", batch=batch)
    notify(Notice(f"“{album.title}” is deleted. Its pictures stay.", kind="secondary", undo=undo))
    return redirect(url_for("albums.show_all"), 303)


@blueprint.post("/albums/restore/<batch>")
@requires(Action.CHANGE)
def restore(batch: str) -> BaseResponse:
    """Bring back what was deleted together."""
    album = actions.restore(access.acting(), batch)
    notify(Notice(f"“{album.title}” is back."))
    return redirect(album.href, 303)


@blueprint.post("/albums/selection")
@requires(Action.CHANGE)
def change() -> BaseResponse | str:
    """Do what the pressed button says with the pictures that are ticked and the album that is named."""
    ids = chosen()
    back = params.local_path(params.field(request.form, "back", required=False), url_for("albums.show_all"))
    if not ids:
        notify(Notice("Nothing is selected. Tick pictures first.", kind="secondary"))
        return redirect(back, 303)
    action = params.field(request.form, "action", limit=20)
    album_id = params.field(request.form, "album", limit=24, required=False)
    # pressed before one was chosen: it is asked
    if action == "choose" or (action == "hang" and not album_id):
        return album_choice.to_hang_in(ids, back)
    if not album_id:
        raise BadRequest("No album was chosen. Go back, choose one, and try again.")
    match action:
        case "hang":
            _fill(album_id, add=ids, remove=[])
        case "take-down":
            _fill(album_id, add=[], remove=ids)
        case "cover":
            album = actions.change(access.acting(), album_id, {"cover": ids[0]})
            notify(Notice(f"The cover of “{album.title}” is changed."))
        case "first" | "last" | "earlier" | "later" as name:
            _reorder(album_id, ids, name)
        case _:
            raise BadRequest(
                "'action' must be one of hang, choose, take-down, cover, first, earlier, later, last."
            )
    if action != "take-down":
        keep_ticks(ids)  # they may go one more place, or get a tag
    return redirect(back, 303)


@blueprint.post("/albums/changes/<batch>/undo")
@requires(Action.CHANGE)
def undo(batch: str) -> BaseResponse:
    """Take a filling or an ordering back."""
    album, result = actions.undo(access.acting(), batch)
    back = [*([f"{counted(len(result.added))} back"] if result.added else [])]
    back += [f"{counted(len(result.removed))} taken down again"] if result.removed else []
    back += ["the order is as before"] if result.moved else []
    notify(Notice(f"“{album.title}”: {', '.join(back)}."))
    return redirect(album.href, 303)


def _reorder(album_id: str, ids: list[str], name: str) -> None:
    """Move them to where the pressed button says."""
    match name:
        case "first":
            batch = actions.lead(access.acting(), album_id, ids)
        case "last":
            batch = actions.move(access.acting(), album_id, ids, "")
        case _:
            batch = actions.step(access.acting(), album_id, ids, STEPS[name])
    notify(Notice("The order is saved.", undo=url_for("albums.undo", batch=batch) if batch else ""))


def _fill(album_id: str, *, add: list[str], remove: list[str]) -> None:
    result = actions.fill(access.acting(), album_id, add, remove)
    album = actions.editable(access.acting(), album_id)
    number, rest = len(result.added or result.removed), len(add or remove)
    done = f"{counted(number)} {'hung in' if add else 'taken out of'} “{album.title}”."
    full = f" {pictures_in_words(len(result.full))} hung in too many albums." if result.full else ""
    same = rest - number - len(result.full)
    less = f" {counted(same)} there already, or gone." if same and add else ""
    undone = url_for("albums.undo", batch=result.batch) if result.batch else ""
    notify(Notice(done + full + less, href=album.href, label="See it", undo=undone))


def _fields() -> dict[str, str]:
    return {name: params.field(request.form, name) for name in FIELDS if name in request.form}


def _editable(slug: str) -> Album:
    album = lookup.with_slug(services.database(), slug, policy.seen_albums(access.principal()))
    return actions.editable(access.acting(), album.id)


def _form(
    album: Album | None,
    unsaved: dict[str, Any] | None = None,
    parent: str = "",
    *,
    is_conflict: bool = False,
    problem: str = "",
) -> str:
    """The form, with what was written where it was refused, or somebody else has changed the album meanwhile."""
    db, who = services.database(), access.principal()
    parents, more = lookup.page(db, policy.fillable_albums(who), size=PAGE)
    parent = album.parent if album else parent
    chosen = unsaved.get("parent", parent) if unsaved else parent
    known = {one.id for one in parents}
    if missing := [each for each in {parent, chosen} if ObjectId.is_valid(each) and each not in known]:
        # saving would take the album out of there
        parents += lookup.known(db, missing, policy.seen_albums(who)).values()
    kept = {name: getattr(album, name) for name in FIELDS} if album else {}
    return render_template(
        "album_form.html",
        album=album,
        written=kept | (unsaved or {}),
        is_conflict=is_conflict,
        problem=problem,
        parents=[one for one in parents if album is None or one.id != album.id],
        parent=chosen,
        more=bool(more),
        default_visibility=services.settings().default_visibility,
    )


def _found(albums: list[Album]) -> list[str]:
    """What else renews a page of these: any picture may be one that a saved search finds now, or no more."""
    return [NEWEST] if any(album.is_smart for album in albums) else []


def _shelf(albums: list[Album], among: PictureFilter) -> dict[str, Any]:
    """Albums with their covers, as templates take them."""
    covers = lookup.covers(services.database(), albums, among, policy.listed(access.principal()))
    tiles = dict(zip(covers, shown(list(covers.values()), in_stacks=False), strict=True))
    return {"albums": albums, "covers": tiles}


def _card(album: Album, page: listing.Page) -> dict[str, Any] | None:
    """What the card of a link to the album shows: its cover where that is on this page, else the page's first."""
    cover = next((one for one in page.pictures if one.id == album.cover), None)
    first = cover or next(iter(page.pictures), None)
    return view.card_image(first, services.cloud()) if first else None


def _viewers(db: Database, album: Album) -> dict[str, list[str]]:
    """To whom an album is given, and the names of all groups that it could be given to."""
    given = [*groups.names_of(db, album.viewers), *users.emails_of(db, album.viewers)]
    return {"viewers": given, "groups": groups.names(db)}
