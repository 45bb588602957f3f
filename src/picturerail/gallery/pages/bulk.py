"""Changing several pictures at once: to the trash and back, tags added and taken away."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest
from picturerail.gallery import policy
from picturerail.gallery.actions import bulk as actions
from picturerail.gallery.actions import stacks, visibility
from picturerail.gallery.pictures.model import parse_id
from picturerail.gallery.policy import Action
from picturerail.gallery.search.tags import clean_tags
from picturerail.gallery.web import access, clipboard, params
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, keep_ticks, notify

MAX_HOURS = 900_000  # a century
MAX_BULK = 500  # pictures at once

blueprint = Blueprint("bulk", __name__)


@blueprint.post("/selection/")
@requires(Action.CHANGE)
def change() -> BaseResponse:
    """Do what the pressed button says with the pictures that are ticked, and go back to where they were."""
    ids = chosen()
    back = params.local_path(
        params.field(request.form, "back", required=False), url_for("pictures.gallery", select=1)
    )
    if not ids:
        notify(Notice("Nothing is selected. Tick pictures first.", kind="secondary"))
        return redirect(back, 303)
    match params.field(request.form, "action", limit=20):
        case "trash":
            _trash(ids, back)
        case "tag":
            _retag(ids, add=_tags(), remove=[])
        case "untag":
            _retag(ids, add=[], remove=_tags())
        case "shift-time":
            _shift_time(ids, back)
        case "paste-edit":
            _paste_edit(ids, back)
        case "visibility":
            _show_to(ids, params.field(request.form, "visibility", limit=20, required=False))
        case "location":
            _set_location(ids, params.field(request.form, "location", limit=10, required=False), back)
        case "stack":
            _stack(ids, back)
        case _:
            raise BadRequest(
                "'action' must be one of trash, tag, untag, shift-time, paste-edit, visibility, location, stack."
            )
    if request.form["action"] not in ("trash", "stack"):
        keep_ticks(ids)
    return redirect(back, 303)


@blueprint.post("/selection/<batch>/restore")
@requires(Action.CHANGE)
def restore(batch: str) -> BaseResponse:
    """Out of the trash again, all that went there together."""
    restored = actions.restore(access.acting(), batch).changed
    text = (
        f"{counted(len(restored))} back in the gallery."
        if restored
        else "There is nothing to take back any more."
    )
    notify(Notice(text, kind="success" if restored else "secondary"))
    return redirect(params.local_path(request.args.get("back", ""), url_for("pictures.gallery")), 303)


@blueprint.post("/selection/<batch>/undo")
@requires(Action.CHANGE)
def undo(batch: str) -> BaseResponse:
    """Give pictures back what they had before they were changed together."""
    done = actions.undo(access.acting(), batch)
    rest = (
        f" {counted(done.left)} not: somebody has changed or deleted what was to be taken back."
        if done.left
        else ""
    )
    notify(Notice(f"{counted(len(done.changed))} as before.{rest}"))
    return redirect(params.local_path(request.args.get("back", ""), url_for("pictures.gallery")), 303)


def chosen() -> list[str]:
    """The ids of the pictures that are ticked, in the order of the page."""
    ids = list(dict.fromkeys(request.form.getlist("id")))
    if len(ids) > MAX_BULK:
        raise BadRequest(
            f"At most {MAX_BULK} pictures can be changed or downloaded at once; these are {len(ids)}."
        )
    return [str(parse_id(each)) for each in ids]


def _tags() -> list[str]:
    tags = clean_tags(params.by_commas(request.form, "tags"))
    if not tags:
        raise BadRequest("No tag was written. Go back, write at least one, and try again.")
    return tags


def _trash(ids: list[str], back: str) -> None:
    done = actions.trash(access.acting(), ids)
    undo = url_for("bulk.restore", batch=done.batch, back=back) if done.changed else ""
    text = f"{counted(len(done.changed))} in the trash.{missing(len(ids) - len(done.changed))}"
    notify(Notice(text, kind="secondary", undo=undo))


def _show_to(ids: list[str], word: str) -> None:
    if not word:
        raise BadRequest("Nobody was chosen. Go back, choose who sees them, and try again.")
    changed = len(visibility.set_pictures(access.acting(), ids, word))
    notify(
        Notice(f"{counted(changed)} {word} now, or as strict as their albums.{missing(len(ids) - changed)}")
    )


def _retag(ids: list[str], *, add: list[str], remove: list[str]) -> None:
    result = actions.retag(access.acting(), ids, add=add, remove=remove)
    changed, full = len(result.changed), len(result.full)
    named = ", ".join(f"“{tag}”" for tag in add or remove)
    done = (
        f"{counted(changed)} tagged {named}." if add else f"{named} taken off {pictures_in_words(changed)}."
    )
    more = f" {counted(full)} full: no tag was added there." if full else ""
    notify(Notice(f"{done}{more}{missing(len(ids) - changed - full)}"))


def _shift_time(ids: list[str], back: str) -> None:
    hours = params.amount(request.form, "hours", 0, -MAX_HOURS, MAX_HOURS)
    if not hours:
        raise BadRequest("By how many hours? Go back, write a number such as 1 or -5.5, and try again.")
    done = actions.shift_time(access.acting(), ids, hours)
    undo = url_for("bulk.undo", batch=done.batch, back=back) if done.batch else ""
    rest = len(ids) - len(done.changed)
    less = f" {counted(rest)} as before: nobody knows when, or somebody else added them." if rest else ""
    notify(Notice(f"{counted(len(done.changed))} moved by {hours:+g} hours.{less}", undo=undo))


def _paste_edit(ids: list[str], back: str) -> None:
    if not (source := clipboard.copied_edit()):
        raise BadRequest("No edit was copied. Open an edited picture, and copy its edit first.")
    done = actions.copy_edit(access.acting(), source, ids)
    undo = url_for("bulk.undo", batch=done.batch, back=back) if done.batch else ""
    same = len(ids) - len(done.changed)
    less = f" {counted(same)} as before: edited so already, or not to be edited." if same else ""
    notify(Notice(f"{counted(len(done.changed))} edited.{less}", undo=undo))


def _set_location(ids: list[str], word: str, back: str) -> None:
    done = actions.set_location(access.acting(), ids, word)
    undo = url_for("bulk.undo", batch=done.batch, back=back) if done.batch else ""
    said = f"{word} now" if word else "as their albums say now, else the site"
    same = len(ids) - len(done.changed)
    less = f" {counted(same)} as before: it was so, or somebody else added them." if same else ""
    notify(Notice(f"Location and camera of {pictures_in_words(len(done.changed))}: {said}.{less}", undo=undo))


def _stack(ids: list[str], back: str) -> None:
    done = stacks.stack_best(access.acting(), ids)
    undo = url_for("bulk.undo", batch=done.batch, back=back) if done.batch else ""
    notify(Notice(f"{counted(len(done.stack.pictures))} one stack now.", undo=undo))


def pictures_in_words(number: int) -> str:
    """So many pictures."""
    return f"{number:,} picture{'' if number == 1 else 's'}"


def counted(number: int) -> str:
    """So many pictures, as what a sentence begins with."""
    return f"{pictures_in_words(number)} {'is' if number == 1 else 'are'}"


def missing(number: int) -> str:
    """What became of so many pictures that nothing was done with, as what follows a sentence; "" for none."""
    if number == 0:
        return ""
    if policy.may_all(access.principal(), Action.CHANGE):
        return f" {pictures_in_words(number)} had been deleted already."
    return f" {pictures_in_words(number)} had been deleted already, or somebody else added them."
