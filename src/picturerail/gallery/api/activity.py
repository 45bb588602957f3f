"""The call that tells the activity log, for scripts that may all."""

from flask import Blueprint, Response, request
from msgspec import convert

from picturerail.gallery.activity import store
from picturerail.gallery.activity.export import told_of
from picturerail.gallery.api.activity_schemas import ActivityPage, ActivityQuery, PublicActivity
from picturerail.gallery.api.exchange import answer, limit
from picturerail.gallery.api.operations import answers
from picturerail.gallery.policy import Action
from picturerail.gallery.web import activity_filter, services
from picturerail.gallery.web.access import requires

blueprint = Blueprint("activity_api", __name__, url_prefix="/api/v1")


@blueprint.get("/activity")
@requires(Action.SEE_ACTIVITY)
@answers({200: ActivityPage}, query=ActivityQuery)
def list_activity() -> Response:
    """Who did what to what, when, and from where, newest first."""
    wanted, after = activity_filter.asked(request.args), activity_filter.cursor(request.args)
    entries, following = store.page(services.database(), wanted, limit(), after)
    told = [convert(told_of(entry), PublicActivity) for entry in entries]
    return answer(ActivityPage(activity=told, next=following or None))
