"""The upload page, and what its form does without JavaScript."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest, NotFound, PicturerailError, TooManyRequests
from picturerail.gallery import policy
from picturerail.gallery.actions import addresses
from picturerail.gallery.actions import pictures as changes
from picturerail.gallery.actions import uploads as actions
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.actions.uploads import Added
from picturerail.gallery.pages.listing import fillable, shown
from picturerail.gallery.pictures import create, listing
from picturerail.gallery.pictures.file import clean_filename
from picturerail.gallery.pictures.model import DUPLICATE, Picture
from picturerail.gallery.pictures.text import PictureText, of_form, written_in
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, params, services
from picturerail.gallery.web.access import accepts, requires
from picturerail.gallery.web.flash import Notice, notify

MAX_FILES = 20
ROWS = 4  # groups of files in the form, each with a description of its own
NAMES_IN_NOTICE = 3
MAX_DUPLICATES = 50  # that are asked about at once
MAX_ADDRESSES = 40_000  # characters
MAX_FETCH_SECONDS = 30  # for the addresses of one form; those that are not begun by then stay in it

blueprint = Blueprint("upload", __name__)


@dataclass(frozen=True)
class UploadLimits:
    """What the page tells about the limits, for the eye and for the browser's own checks."""

    max_bytes: int
    max_files: int = MAX_FILES
    rows: int = ROWS
    accept: str = create.ACCEPT


@dataclass(frozen=True)
class Upload:
    """One file of the form, the number of its group, and what was written for it."""

    file: FileStorage
    filename: str
    suffix: str


@dataclass(frozen=True)
class UploadOutcome:
    """What became of one file or address: added, duplicate or failed."""

    filename: str
    state: str
    text: str
    picture: Picture | None = None
    error: PicturerailError | None = None

    @property
    def href(self) -> str:
        """Where the picture is to be seen, the other one with the same bytes when it is a duplicate."""
        if self.picture is None:
            return ""
        seen = self.picture.same_as if self.picture.state == DUPLICATE else self.picture.id
        return url_for("pictures.picture", picture_id=seen) if seen else ""


def _body_limit() -> int:
    return services.settings().max_upload_bytes * MAX_FILES + services.OTHER_FIELDS_BYTES


@blueprint.get("/upload/")
@requires(Action.ADD)
def form() -> str:
    """Choose pictures and say what they show."""
    return _page()


@blueprint.post("/upload/")
@requires(Action.ADD)
@accepts(_body_limit)
def submit() -> BaseResponse:
    """Add the form's files and what lies at its addresses, each by itself: a bad one never stops the others."""
    uploads, named = list(_uploads(request.files)), _named()
    number = len(uploads) + len(named)
    if not number:
        raise BadRequest("No picture was chosen. Go back, choose at least one file, and upload again.")
    if number > MAX_FILES:
        raise BadRequest(
            f"{number} files are too many at once; choose up to {MAX_FILES}. Nothing was uploaded."
        )
    outcomes = [_take(one) for one in uploads] + _fetch_all(named)
    if all(outcome.state == "added" for outcome in outcomes):
        _tell(outcomes)
        return redirect(url_for("upload.form"), 303)
    failed = {outcome.filename for outcome in outcomes if outcome.error}
    return _answer(outcomes, [each for each in named if each in failed])


@blueprint.post("/upload/duplicates")
@requires(Action.ADD)
def settle() -> BaseResponse:
    """Keep all uploads whose bytes were there already, or skip them all."""
    choice = params.field(request.form, "choice", limit=20)
    if choice not in ("keep", "skip"):
        raise BadRequest("'choice' must be keep or skip.")
    act = changes.keep if choice == "keep" else changes.skip
    decided = sum(_decided(act, one.id) for one in _waiting())
    done = "kept beside what was there." if choice == "keep" else "skipped; what was there already stays."
    number = f"{decided} picture{'' if decided == 1 else 's'}"
    notify(Notice(f"{number} {done}" if decided else "Nothing waits here any more.", kind="secondary"))
    return redirect(url_for("upload.form"), 303)


def _decided(act: Callable[[ActionContext, str], object], picture_id: str) -> bool:
    """Keep or skip one upload; False when that was decided meanwhile, as by a double click."""
    try:
        act(access.acting(), picture_id)
    except NotFound:
        return False
    return True


def _waiting() -> tuple[Picture, ...]:
    own = policy.duplicates(access.principal())
    return listing.page(services.database(), own, size=MAX_DUPLICATES).pictures


def _uploads(files: ImmutableMultiDict[str, FileStorage]) -> Iterator[Upload]:
    for suffix in map(_suffix, range(1, ROWS + 1)):
        for file in files.getlist(f"image{suffix}"):
            if file.filename:
                yield Upload(file, clean_filename(file.filename), suffix)


def _suffix(number: int) -> str:
    """What the names of a group's fields end with."""
    return "" if number == 1 else f"-{number}"


def _named() -> list[str]:
    """The addresses of the form, one a line, each once."""
    lines = params.field(request.form, "addresses", limit=MAX_ADDRESSES, required=False).splitlines()
    return list(dict.fromkeys(filter(None, map(str.strip, lines))))


def _take(upload: Upload) -> UploadOutcome:
    def add() -> Added:
        return actions.add_file(
            access.acting(),
            upload.file.stream,
            filename=upload.filename,
            text=PictureText(**of_form(request.form, upload.suffix)),
            album=_album(),
            visibility=_visibility(),
        )

    return _outcome(upload.filename, add)


def _fetch_all(named: list[str]) -> list[UploadOutcome]:
    """What becomes of some addresses, one after the other; other hosts may be slow, and somebody waits for the page."""
    until = time.monotonic() + MAX_FETCH_SECONDS
    return [_fetch(each, until) for each in named]


def _fetch(address: str, until: float) -> UploadOutcome:
    def add() -> Added:
        if time.monotonic() > until:
            raise TooManyRequests(
                "not begun, since those before took too long. Upload again to go on.", retry_after=1
            )
        services.services().addresses.count(access.principal())
        return addresses.add_address(
            access.acting(),
            address,
            text=PictureText(**of_form(request.form)),
            album=_album(),
            visibility=_visibility(),
        )

    return _outcome(address, add)


def _outcome(name: str, add: Callable[[], Added]) -> UploadOutcome:
    try:
        added = add()
    except PicturerailError as error:
        return UploadOutcome(name, "failed", error.message, error=error)
    if added.waits:
        text = "is already in the gallery. Keep both or skip it below."
        return UploadOutcome(name, "duplicate", text, added.picture)
    return UploadOutcome(name, "added", "added.", added.picture)


def _album() -> str:
    return params.field(request.form, "album", limit=24, required=False)


def _visibility() -> str:
    """What the form says, or the site's default."""
    said = params.field(request.form, "visibility", limit=20, required=False)
    return said or services.settings().default_visibility


def _tell(outcomes: list[UploadOutcome]) -> None:
    """Success names the picture, links to it, and can be taken back."""
    pictures = [outcome.picture for outcome in outcomes if outcome.picture]
    names = ", ".join(picture.filename for picture in pictures[:NAMES_IN_NOTICE])
    more = len(outcomes) - NAMES_IN_NOTICE
    text = f"Added {names}{f' and {more} more' if more > 0 else ''}."
    first = outcomes[0].picture
    if len(outcomes) > 1 or first is None:
        notify(Notice(text, href=url_for("pictures.gallery"), label="See the gallery"))
        return
    undo = url_for("edit.delete", picture_id=first.id)
    notify(Notice(text, href=url_for("pictures.picture", picture_id=first.id), label="Look at it", undo=undo))


def _answer(outcomes: list[UploadOutcome], left: list[str]) -> Response:
    """The form again, with what happened and what is `left`; the first refusal's status if nothing came in."""
    response = make_response(_page(outcomes, left))
    error = next((outcome.error for outcome in outcomes if outcome.error), None)
    if error and not any(outcome.picture for outcome in outcomes):
        response.status_code = error.status
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(error.retry_after)
    return response


def _page(outcomes: list[UploadOutcome] | None = None, left: Sequence[str] = ()) -> str:
    duplicates = _waiting()
    tiles = shown(duplicates)
    written = [written_in(request.form, _suffix(number)) for number in range(1, ROWS + 1)]
    waiting = [
        {
            "picture": one,
            "tile": tile,
            "same_href": url_for("pictures.picture", picture_id=one.same_as) if one.same_as else "",
        }
        for one, tile in zip(duplicates, tiles, strict=True)
    ]
    limits = UploadLimits(services.settings().max_upload_bytes)
    album = request.values.get("album", "")
    return render_template(
        "upload.html",
        outcomes=outcomes,
        duplicates=waiting,
        tiles=tiles,
        limits=limits,
        written=written,
        fillable=fillable(album),
        album=album,
        addresses="\n".join(left),
        visibility=_visibility(),
    )
