"""What every page that lists pictures shares: what its address asks for, its tiles, its neighbours, how to select."""

from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for

from picturerail.gallery import policy
from picturerail.gallery.albums import lookup as albums
from picturerail.gallery.albums.model import AlbumChoices
from picturerail.gallery.pictures import listing, stacks, timeline, view
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.marks import mark_of
from picturerail.gallery.pictures.model import LIVE, Picture
from picturerail.gallery.pictures.order import NEWEST_ADDED, Month
from picturerail.gallery.pictures.view import PictureView
from picturerail.gallery.pictures.visibility import PUBLIC
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, headers, params, services

MAX_CHOICES = 24  # albums in a form; the others are looked for on a page of their own
DENSITIES = {"small": 0.62, "medium": 1.0, "large": 1.6}  # as in the stylesheet
# what of an address says which pictures are on the page
PLACE = ("q", "order", "mark", "density", "after", "before", "at", "page", "year", "month")


@dataclass(frozen=True)
class PageLinks:
    """Where a page of pictures stands (0: unknown), and the addresses of its neighbours; empty where there is none."""

    number: int
    newer_href: str = ""
    older_href: str = ""
    words: tuple[str, str] = NEWEST_ADDED.steps


@dataclass(frozen=True)
class MonthJump:
    """A form that leads to a month of pictures: the months at both ends of their order, and the one that it names.

    `carried` is what else its address says; `months` those of the pictures on the page, by their ids.
    """

    first: Month
    last: Month
    at: Month
    href: str
    carried: dict[str, Any]
    months: dict[str, int] = field(default_factory=dict)

    @property
    def begin(self) -> int:
        """The first month, counted from that of the year 0."""
        return _number_of(self.first)

    @property
    def step(self) -> int:
        """From a month to the next one in the order: back in time, or on."""
        return 1 if self.first < self.last else -1

    @property
    def reach(self) -> int:
        """How many months lie between the ends."""
        return abs(_number_of(self.last) - self.begin)


def asked_for(wanted: PictureFilter) -> listing.Page | None:
    """The page of these pictures that the address asks for, None for no page.

    A month leads to those that come first in it, or behind it; behind all of them, to the last page.
    """
    direction, cursor = params.cursor(request.args)
    db, size = services.database(), services.settings().page_size
    month = params.month(request.args)
    if cursor or month is None or not wanted.order.is_by_time:
        page = listing.page(db, wanted, size=size, cursor=cursor, direction=direction)
        return None if cursor and not page.pictures else page
    begin = wanted.order.begin_of(month)
    page = listing.page(db, wanted, size=size, begin=begin)
    return page if page.pictures else listing.page(db, wanted, size=size, begin=begin, direction="before")


def context(
    page: listing.Page,
    wanted: PictureFilter | None = None,
    *,
    q: str = "",
    order: str = "",
    mark: str = "",
    album: str = "",
) -> dict[str, Any]:
    """What `listing.html` needs to show a page of the pictures of this endpoint, of the search `q` where it is one.

    The pages of the pictures lead on through the search, the order, or the album of that slug: see `way`. Where time
    orders those that are `wanted`, the page leads to each month of them.
    """
    density = _density()
    asked = "" if density == "medium" else density
    place = {"q": q, "order": order, "mark": mark}
    kept = {**place, "density": asked, "select": _selecting()}
    return {
        "tiles": shown(page.pictures),
        "way": {name: value for name, value in {"q": q, "order": order, "album": album}.items() if value},
        "page": _links(
            page,
            {name: value for name, value in kept.items() if value},
            (wanted.order if wanted else NEWEST_ADDED).steps,
        ),
        "jump": _jump(page, wanted, place | {"density": asked}) if wanted else None,
        "selecting": _selecting(),
        "select_href": _select_address(),
        "fillable": fillable() if _selecting() else None,
        "done_href": _address(
            **{name: value for name, value in (place | {"density": asked}).items() if value}
        ),
        "density": density,
        "densities": {name: _density_address(name) for name in DENSITIES},
    }


def fillable(with_id: str = "") -> AlbumChoices:
    """The newest albums in which pictures may be hung, and that of an id: what a list in a form has room for."""
    among = policy.fillable_albums(access.principal())
    return albums.choices(services.database(), among, size=MAX_CHOICES, with_id=with_id)


def shown(found: list[Picture] | tuple[Picture, ...], *, in_stacks: bool = True) -> list[PictureView]:
    """Pictures as the templates take them; this page may load them from where they lie.

    A page that does not say how many lie in a stack does not ask for it, by `in_stacks`.
    """
    who, is_person = access.principal().id, access.person() is not None
    favourite = mark_of(who, "favourite", "yes") if who else ""
    stacked = [one for one in found if in_stacks and one.stack and one.state == LIVE]
    counts = stacks.counts(services.database(), policy.listed(access.principal()), stacked) if stacked else {}
    cloud, density = services.cloud(), DENSITIES[_density()]  # of the request, not of each picture
    tiles = [
        view.show(
            one,
            cloud,
            is_favourite=favourite in one.marks,
            hidden=one.shown if is_person and one.shown != PUBLIC else "",
            stacked=counts.get(one.stack, 0) if one.state == LIVE else 0,
            density=density,
        )
        for one in found
    ]
    headers.allow_images_from(tile.origin for tile in tiles)
    return tiles


def _jump(page: listing.Page, wanted: PictureFilter, carried: dict[str, Any]) -> MonthJump | None:
    """The form that leads to a month of them; None where there is nothing to choose from."""
    if not (wanted.order.is_by_time and page.pictures and (page.newer or page.older)):
        return None
    ends = timeline.span(services.database(), wanted, page, services.along())
    if ends is None or ends[0] == ends[1]:
        return None
    months = {one.id: wanted.order.month_of(wanted.order.place_of(one)) for one in page.pictures}
    return MonthJump(
        *ends,
        months[page.pictures[0].id],
        _address(),
        {name: value for name, value in carried.items() if value},
        {name: _number_of(month) for name, month in months.items()},
    )


def _number_of(month: Month) -> int:
    return 12 * month[0] + month[1] - 1


def _links(page: listing.Page, kept: dict[str, Any], words: tuple[str, str]) -> PageLinks:
    """Addresses of the newer and the older page, with their numbers for the eye."""
    number = params.page_number(request.args) if page.newer else 1
    first, last = (page.pictures[0].id, page.pictures[-1].id) if page.pictures else ("", "")
    before, after = (max(1, number - 1), number + 1) if number else (None, None)
    newer = _address(**kept, before=first, page=before) if page.newer else ""
    older = _address(**kept, after=last, page=after) if page.older else ""
    return PageLinks(number, newer, older, words)


def _select_address() -> str:
    """Address of the same page with pictures to be ticked; "" for those who may not."""
    if _selecting() or not policy.may(access.principal(), Action.CHANGE):
        return ""
    kept: dict[str, Any] = {name: request.args[name] for name in PLACE if name in request.args}
    return _address(select=1, **kept)


def _density() -> str:
    """How large the pictures are that the address asks for."""
    asked = request.args.get("density", "")
    return asked if asked in DENSITIES else "medium"


def _density_address(name: str) -> str:
    """Address of the same page with pictures of another size."""
    kept: dict[str, Any] = {each: request.args[each] for each in PLACE if each in request.args}
    return _address(**(kept | {"density": None if name == "medium" else name}))


def _selecting() -> int:
    """1 when somebody who may change pictures is about to select some, else 0."""
    return int(request.args.get("select") == "1" and policy.may(access.principal(), Action.CHANGE))


def _address(**values: Any) -> str:  # noqa: ANN401
    """An address of the present endpoint."""
    return url_for(request.endpoint or "", **(request.view_args or {}), **values)
