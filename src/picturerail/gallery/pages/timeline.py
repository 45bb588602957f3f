"""The timeline: years and months in which pictures were taken, and this day in other years."""

from flask import Blueprint, render_template, request, url_for

from picturerail import clock
from picturerail.gallery import policy
from picturerail.gallery.pages.listing import MonthJump, shown
from picturerail.gallery.pictures import listing, timeline
from picturerail.gallery.pictures.order import ORDERS, Month
from picturerail.gallery.search.facets import facet_token
from picturerail.gallery.web import access, params, services

MAX_THIS_DAY = 12

blueprint = Blueprint("timeline", __name__)


@blueprint.get("/timeline/")
def show() -> str:
    """The years, with the months of one of them."""
    db, listed, today = services.database(), policy.listed(access.principal()), clock.today()
    ends = timeline.span(db, listed.ordered(ORDERS["taken"]))
    years = timeline.years(db, listed, ends)
    opened = params.year(request.args) or (years[0].year if years else 0)
    has_many = any(each.year == opened and not each.exact for each in years)
    months = timeline.months(db, listed, opened, has_many=has_many) if opened else []
    other_years = {"sort.taken": {"$lt": f"{today.year}"}}
    this_day = listed.among({"tokens": facet_token("day", f"{today:%m-%d}")}).but(other_years)
    found = listing.page(db, this_day, size=MAX_THIS_DAY).pictures
    return render_template(
        "timeline.html",
        years=years,
        months=months,
        most=max((month.number for month in months), default=1),
        opened=opened,
        jump=_jump(ends, months),
        today=today,
        tiles=shown(found),
    )


def _jump(ends: tuple[Month, Month] | None, months: list[timeline.Period]) -> MonthJump | None:
    """The form that leads to a month of capture; it names the newest of the open year."""
    if ends is None or ends[0] == ends[1]:
        return None
    at = (months[0].year, months[0].month) if months else ends[0]
    return MonthJump(*ends, at, url_for("pictures.gallery"), {"order": "taken"})
