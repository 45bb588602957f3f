"""The activity log, for owners: by person, kind and day; a page by key, and all of it as a file."""

from operator import itemgetter
from urllib.parse import urlencode

from bson import ObjectId
from flask import Blueprint, Response, render_template, request, stream_with_context, url_for

from picturerail.clock import now
from picturerail.errors import BadRequest
from picturerail.gallery.accounts import tokens, users
from picturerail.gallery.activity import store
from picturerail.gallery.activity.export import FORMATS
from picturerail.gallery.activity.model import KINDS
from picturerail.gallery.policy import Action, Operator
from picturerail.gallery.web import activity_filter, services
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.headers import private

PAGE = 100  # lines
FILTERS = ("who", "kind", "since", "until")

blueprint = Blueprint("activity", __name__, url_prefix="/activity")


@blueprint.get("/")
@requires(Action.SEE_ACTIVITY)
def show() -> Response:
    """What was done, newest first."""
    db, wanted = services.database(), activity_filter.asked(request.args)
    entries, following = store.page(db, wanted, PAGE, activity_filter.cursor(request.args))
    chosen = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    page = render_template(
        "activity.html",
        entries=entries,
        chosen=chosen,
        people=_people(),
        kinds=KINDS,
        days=services.settings().activity_days,
        following=_address("show", {**chosen, "after": following}) if following else "",
        formats={name: _address("export", {**chosen, "format": name}) for name in FORMATS},
        is_first="after" not in request.args,
    )
    return private(page)


@blueprint.get("/export")
@requires(Action.SEE_ACTIVITY)
def export() -> Response:
    """The same as a file, whole."""
    name = request.args.get("format", "csv")
    if name not in FORMATS:
        raise BadRequest(f"'format' must be one of {', '.join(FORMATS)}.")
    kind, write = FORMATS[name]
    lines = write(store.every(services.database(), activity_filter.asked(request.args)))
    answer = private("")
    answer.response = stream_with_context(lines)
    answer.content_type = kind
    answer.headers.remove("Content-Length")
    answer.headers["Content-Disposition"] = f"attachment; filename=activity-{now():%Y-%m-%d}.{name}"
    return answer


def _address(view: str, args: dict[str, str]) -> str:
    return f"{url_for(f'activity.{view}')}?{urlencode(args)}"


def _people() -> list[tuple[str, str]]:
    """Whom one can choose: id and name; behind those who are there, who is gone and stands in the log."""
    db = services.database()
    accounts = {str(one.id): one.email for one in users.list_users(db)}
    scripts = {f"token:{one.id}": f"token {one.name}" for one in tokens.list_tokens(db)}
    there = {**accounts, **scripts, Operator().id: "shell"}
    named = (
        (who, name) for who, name in store.names(db).items() if ObjectId.is_valid(who.removeprefix("token:"))
    )
    gone = [(who, f"{name} (removed)") for who, name in named if who not in there]
    return [*there.items(), *sorted(gone, key=itemgetter(1))]
