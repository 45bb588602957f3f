"""What a share link opens: its pictures, one of them, its download; and the question for its password.

Whoever opens one is a principal of the policy for this request; a cookie, below this address alone, only says that
the password was told.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest, NotFound, PicturerailError
from picturerail.gallery import policy
from picturerail.gallery.accounts import passwords
from picturerail.gallery.actions import choices as choice_actions
from picturerail.gallery.actions import downloads
from picturerail.gallery.actions import guests as guest_actions
from picturerail.gallery.actions import shares as actions
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.albums import lookup as albums
from picturerail.gallery.pages.listing import asked_for, context, shown
from picturerail.gallery.pages.pictures import saved
from picturerail.gallery.pages.upload import MAX_FILES
from picturerail.gallery.pictures import create, listing, lookup, stacks
from picturerail.gallery.pictures.file import clean_filename
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.view import PictureView
from picturerail.gallery.policy import VISITOR, ShareLink
from picturerail.gallery.shares import choices, grants, model, store
from picturerail.gallery.shares.choices import ChosenMeanwhile, ClientChoice, clean_choice
from picturerail.gallery.shares.model import Share
from picturerail.gallery.web import access, params, services
from picturerail.gallery.web.access import EVERYBODY, accepts, requires
from picturerail.gallery.web.flash import Notice, notify

COOKIE = "picturerail-share"

blueprint = Blueprint("shared", __name__, url_prefix="/s/<token>")


@blueprint.before_request
def open_link() -> BaseResponse | None:
    """Become who the link says, for this request; who has not stepped in is nobody, and is asked to."""
    token = (request.view_args or {}).get("token", "")
    share = _known(token)
    g.share, g.principal, g.token_terms = share, VISITOR, grants.terms_of(share, opens_private=False)
    if share.has_door and not _has_proof(share):
        if share.is_used_up and not (request.endpoint == "shared.step_in" and _form() in share.forms):
            raise NotFound(model.ENDED)
        return None if request.method == "POST" else _ask("")
    at = ActionContext(VISITOR, services.database(), services.cloud(), services.settings())
    guest = actions.opened(at, share)
    g.principal, g.token_terms = guest, grants.terms_of(share, opens_private=guest.words is None)
    return None


@blueprint.after_request
def hide(response: Response) -> Response:
    """No search engine shall know of it."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("")
@requires(EVERYBODY)
def show(token: str) -> BaseResponse | str:
    """The pictures of the link; of one picture, its page."""
    share, db = _share(), services.database()
    if not share.max_uses and _is_opened():  # else they are counted who step in
        store.note_use(db, share)
    if share.picture:
        return _picture(token, share.picture)
    wanted = _wanted()
    page = asked_for(wanted)
    if page is None:
        return redirect(url_for("shared.show", token=token), 303)
    said = choices.of(db, share) if share.chooses else None
    page = replace(page, pictures=tuple(_as_given(page.pictures)))
    given = context(page, wanted)
    given["tiles"] = [_within(token, tile) for tile in given["tiles"]]
    return render_template(
        "shared.html",
        **given,
        heading=_heading(share),
        choices=said,
        under=stacks.under(db, policy.listed(_guest()), page.pictures, said or ()),
        share=share,
        keep_metadata=downloads.tells_new(access.acting(), share.album),
        accept=create.ACCEPT,
        max_files=MAX_FILES,
        count=listing.count(db, wanted, page) if page.pictures else None,
    )


@blueprint.post("")
@requires(EVERYBODY)
def step_in(token: str) -> BaseResponse:
    """Check the password and count; tries are counted for the link and for the address."""
    share, doors, address = _share(), services.services().doors, request.remote_addr or ""
    password = params.field(request.form, "password", limit=4 * model.MAX_PASSWORD, required=False)
    doors.count_try(f"share:{share.id}", address)
    if share.password and not passwords.matches(share.password, password):
        return _ask("That is not the password of this link.", 401)
    doors.take_back(f"share:{share.id}", address)
    if share.max_uses and not _has_proof(share):
        store.note_use(services.database(), share, _form())
    here = url_for("shared.show", token=token)
    response = redirect(_below(here), 303)
    proof = model.proof_of(share, services.settings().secret_key)
    response.set_cookie(
        _cookie_name(), proof, path=here, secure=access.is_https(), httponly=True, samesite="Lax"
    )
    return response


def _is_opened() -> bool:
    """Whether somebody opens the link: who turns its pages has, who only asks for the head or loads ahead has not."""
    ahead = request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")).startswith("prefetch")
    return request.method == "GET" and not request.args and not ahead


def _form() -> str:
    """What names the form that was sent: the same one sent twice is a double click. "" for none."""
    return params.field(request.form, "form", limit=64, required=False)


def _cookie_name() -> str:
    """Of the cookie that stays with one link; under TLS the browser itself sees to it that only TLS sets it."""
    return f"__Secure-{COOKIE}" if access.is_https() else COOKIE


def _count_choice() -> None:
    """Refuse what comes too often, and who has not stepped in."""
    _guest()
    services.services().choices.count(_share().id, request.remote_addr or "")


def _body_limit() -> int:
    """Files are taken only where the link wants some, from who has stepped in."""
    try:
        share = _known((request.view_args or {}).get("token", ""))
    except NotFound:  # which is said when it is known who asks
        return access.MAX_BODY
    if not share.adds or (share.has_door and not _has_proof(share)):
        return access.MAX_BODY
    return services.settings().max_upload_bytes * MAX_FILES + services.OTHER_FIELDS_BYTES


@blueprint.post("/add")
@requires(EVERYBODY)
@accepts(_body_limit)
def add(token: str) -> BaseResponse:
    """Take pictures of a guest for the album, each by itself: one bad file never stops the others."""
    files = [file for file in request.files.getlist("image") if file.filename]
    if not files or len(files) > MAX_FILES:
        raise BadRequest(f"Choose one picture at least, and up to {MAX_FILES} at once.")
    form = _form()
    problems = [problem for file in files if (problem := _take(file, form))]
    taken = len(files) - len(problems)
    if taken:
        came, shown = ("1 picture", "It is shown when somebody has approved it.")
        if taken > 1:
            came, shown = f"{taken} pictures", "They are shown when somebody has approved them."
        notify(Notice(f"{came} came in. {shown if _share().adds == model.HELD else ''}".strip()))
    for problem in problems[:3]:
        notify(Notice(problem, kind="danger"))
    return redirect(url_for("shared.show", token=token), 303)


@blueprint.post("/<picture_id>/choice")
@requires(EVERYBODY)
def choose(token: str, picture_id: str) -> BaseResponse:
    """Keep what the client says of a picture; who did not see what was said last is shown it first."""
    _count_choice()
    choice = clean_choice(
        _find(picture_id).id,
        picked=request.form.get("picked") == "yes",
        stars=params.field(request.form, "stars", limit=5, required=False),
        comment=params.field(request.form, "comment", required=False),
    )
    try:
        choice_actions.save(access.acting(), _share(), choice, request.form.get("seen"))
    except ChosenMeanwhile as error:
        return make_response(_picture(token, picture_id, unsaved=choice), error.status)
    notify(Notice("That is noted."))
    return redirect(url_for("shared.picture", token=token, picture_id=picture_id), 303)


@blueprint.post("/done")
@requires(EVERYBODY)
def finish(token: str) -> BaseResponse:
    """The client has chosen."""
    _count_choice()
    choice_actions.finish(access.acting(), _share())
    notify(Notice("Thank you: your choice is told."))
    return redirect(url_for("shared.show", token=token), 303)


@blueprint.get("/<picture_id>")
@requires(EVERYBODY)
def picture(token: str, picture_id: str) -> str:
    """One picture of the link."""
    return _picture(token, picture_id)


@blueprint.get("/<picture_id>/download")
@requires(EVERYBODY)
def download(token: str, picture_id: str) -> BaseResponse:
    """The picture to save, as it is shown, where the link lets people."""
    del token
    found = _find(picture_id)
    if not _guest().download:
        raise NotFound("This link shows pictures, and gives none away.")
    [given] = _as_given([found])
    return saved(given)


def _take(file: FileStorage, form: str) -> str:
    """Why a file was not taken; "" when it was."""
    _guest()

    def count() -> None:
        services.services().guests.count(request.remote_addr or "")

    try:
        name = clean_filename(file.filename or "")
        guest_actions.add_file(access.acting(), _share(), file.stream, name, form=form, count=count)
    except PicturerailError as error:
        if error.status >= 500:
            raise
        return f"{file.filename}: {error.message}"
    return ""


def _picture(token: str, picture_id: str, unsaved: ClientChoice | None = None) -> str:
    db, found = services.database(), _find(picture_id)
    stack = stacks.around(db, policy.listed(_guest()), found)
    ids = [found.id, *(one.id for one in stack)]
    said = choices.of(db, _share(), ids) if _share().chooses else {}
    kept = said.get(found.id)
    newer, older = listing.neighbours(db, _wanted(), stack[0] if stack else found)
    [found, *others] = _as_given([found, *stack])
    [tile, *beside] = shown([found, *others])

    def address(other: str) -> str:
        return url_for("shared.picture", token=token, picture_id=other) if other else ""

    return render_template(
        "shared_picture.html",
        picture=found,
        tile=_within(token, tile),
        stack=[_within(token, each) for each in beside],
        newer=address(newer),
        older=address(older),
        share=_share(),
        untouched=downloads.is_untouched(access.acting(), found),
        choice=unsaved or kept,
        kept=kept,
        choices=said,
        is_conflict=unsaved is not None,
        back="" if _share().picture else url_for("shared.show", token=token),
        download=url_for("shared.download", token=token, picture_id=found.id) if _guest().download else "",
    )


def _as_given(pictures: Sequence[Picture]) -> list[Picture]:
    """Pictures as the link shows them: with their edits, or as they came from the camera."""
    return list(pictures) if _guest().edited else [replace(one, edit="") for one in pictures]


def _wanted() -> PictureFilter:
    """The pictures of the link, an album's in its order."""
    seen, share = policy.listed(_guest()), _share()
    if not share.album:
        return seen
    album = albums.find(services.database(), share.album, policy.seen_albums(_guest()))
    return albums.pictures_in(services.database(), album, seen)


def _find(picture_id: str) -> Picture:
    return lookup.find(services.database(), picture_id, policy.seen(_guest()))


def _heading(share: Share) -> str:
    if share.name:
        return share.name
    if share.album:
        return albums.find(services.database(), share.album, policy.seen_albums(_guest())).title
    return f"“{share.q}”"


def _within(token: str, tile: PictureView) -> PictureView:
    """The same tile, leading to its page below the link."""
    return replace(tile, href=url_for("shared.picture", token=token, picture_id=tile.id))


def _has_proof(share: Share) -> bool:
    proof = model.proof_of(share, services.settings().secret_key)
    return access.same(request.cookies.get(_cookie_name(), ""), proof)


def _below(here: str) -> str:
    """The page of the link that was asked for when its door was shut; else its first."""
    wanted = params.local_path(request.form.get("next", ""), here)
    return wanted if wanted.startswith((f"{here}/", f"{here}?")) else here


def _ask(problem: str, status: int = 200) -> Response:
    asked = request.form.get("next", "") if request.method == "POST" else request.full_path.rstrip("?")
    response = make_response(render_template("share_door.html", share=_share(), problem=problem, next=asked))
    response.status_code = status
    return response


def _known(token: str) -> Share:
    """The link of a token, or NotFound."""
    return store.find(services.database(), model.id_in(token, services.settings().secret_key))


def _share() -> Share:
    return cast("Share", g.share)


def _guest() -> ShareLink:
    who: Any = access.principal()
    if not isinstance(who, ShareLink):
        raise NotFound(model.ENDED)
    return who
