"""Every list of a library of 1,000,000 pictures and 10,000 albums beside 1,000 and 10, as each role sees it."""

import http.cookiejar
import random
import re
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote_plus, urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from bench.gallery import library_content
from bench.gallery.library_content import ALBUM_ORDERS, CAMERAS, LARGE_ALBUM, LENSES, PEOPLE, Contents
from bench.options import Options
from bench.parts.load import fetch, median
from bench.parts.report import Report
from bench.peers.base import CACHE
from picturerail import mongod
from picturerail.database import Database, connect, database
from tests.service import Service

SMALL, LARGE = 1_000, 1_000_000
EACH = 30  # requests of each page as each role in a round
WARM = 4  # requests before they count, in each round
GROWTH, ROLE = 1.2, 1.3  # p95: large beside small, a role beside a visitor
VISITOR = "visitor"
ROLES = ("viewer", "contributor", "editor", "owner")
PASSWORD = "a password for libraries"
MIDDLE_MONTH = (2019, 6)
SEARCHES = (
    "Two conditions of a search that seldom meet cost what the rarer one finds (docs/gallery.md); those that are "
    "measured fill a page in both libraries."
)
DEEP = 311  # pictures before the first one: a page so deep is full in the small library, too


@dataclass(frozen=True)
class Library:
    """A running gallery, what is in it, and the cookies of who has signed in."""

    service: Service
    contents: Contents
    cookies: dict[str, str]

    def pages(self) -> dict[str, str]:
        """The address of each measured page."""
        last, deep = self.contents.picture(self.contents.count - 1), self.public_picture(DEEP)
        return {
            **self._stream(deep),
            **self._searches(),
            "timeline": "/timeline/",
            "timeline: a year": f"/timeline/?year={MIDDLE_MONTH[0]}",
            "albums": "/albums/",
            **{f"album, {order}": f"/albums/album-{number}" for number, order in ALBUM_ORDERS.items()},
            "album of half the pictures": f"/albums/album-{LARGE_ALBUM}",
            "album of half the pictures, deep": f"/albums/album-{LARGE_ALBUM}?after={deep}",
            "picture with its neighbours": f"/gallery/{self.public_picture(self.contents.count // 2)}",
            "favourites": "/favourites/",
            "API: pictures": "/api/v1/pictures?limit=60",
            "API: pictures, taken, deep": f"/api/v1/pictures?limit=60&order=taken&after={deep}",
            "API: album": f"/api/v1/albums/{self.contents.album(3)}/pictures?limit=60",
            "API: search": f"/api/v1/pictures?limit=60&q=harbour&after={last}",
        }

    def _stream(self, deep: str) -> dict[str, str]:
        year, month = MIDDLE_MONTH
        orders = ("newest", "taken", "oldest", "title")
        return {
            "landing": "/",
            **{f"stream, {order}": f"/gallery/?order={order}" for order in orders},
            "stream, deep": f"/gallery/?after={deep}",
            "stream, taken, deep": f"/gallery/?order=taken&after={deep}",
            "jump to a month": f"/gallery/?year={year}&month={month}",
            "jump to a month, taken": f"/gallery/?order=taken&year={year}&month={month}",
        }

    def _searches(self) -> dict[str, str]:
        camera, lens = (each[0].replace(" ", "_") for each in (CAMERAS, LENSES))
        searches = {
            "filter form": "",
            "camera": f"camera:{camera}",
            "lens": f"lens:{lens}",
            "orientation": "shape:portrait",
            "format": "format:heic",
            "colour": "colour:green",
            "date range": "taken:2018-03..2019-07",
            "tag": "#water",
            "and": "shape:landscape format:jpg",
            "or": "harbour OR forest",
            "not": "picture NOT boats",
            "-word": "picture -harbour",
            "quotes": '"a harbour in it"',
            "word of all": "picture",
            "one picture": f"img {int(self.public_picture(self.contents.count // 2)[8:], 16)}",
        }
        form = {"filter form": "/gallery/filters"}
        return form | {f"search: {name}": f"/gallery/?q={quote_plus(q)}" for name, q in searches.items() if q}

    def public_picture(self, number: int) -> str:
        """A picture that everybody sees and that lies in no stack, from this one on."""
        with connect(mongod.uri(self.service.data)) as client:
            query = {"_id": {"$gt": self.contents.picture(number)}, "shown": "public", "stack": None}
            found = database(client).gallery.find_one(query, {"_id": 1}, sort=[("_id", 1)])
        return str(found["_id"]) if found else ""


@dataclass
class Times:
    """Milliseconds of one page, in one library, as one role: of each round.

    A busy spell of the machine spoils a round or two, and what is ours comes in each: so the middle round counts.
    """

    rounds: list[list[float]] = field(default_factory=list)

    @property
    def p50(self) -> float:
        """What half of a round stay below."""
        return median(self.below(50))

    @property
    def p95(self) -> float:
        """What 95 of 100 stay below."""
        return median(self.below(95))

    def below(self, percent: int) -> list[float]:
        """What so many of 100 stay below, in each round."""
        return [sorted(found)[len(found) * percent // 100] for found in self.rounds]

    def beside(self, other: "Times", percent: int) -> float:
        """How many times the other's: in each round both had the same machine."""
        pairs = zip(self.below(percent), other.below(percent), strict=True)
        return median([mine / theirs for mine, theirs in pairs])


def run(options: Options) -> None:
    """Both libraries run at the same time; in each round of a page their requests alternate, and those of the roles."""
    report = Report(
        "library", "1,000,000 pictures and 10,000 albums, as each role sees them", _command(options)
    )
    report.header = [
        "page",
        "as",
        *(f"{name} ms, {size}" for size in ("small", "large") for name in ("p50", "p95")),
    ]
    report.header += ["growth", "role"]
    with ExitStack() as stack:
        counts = (SMALL, options.count or LARGE)
        libraries = [filled(stack, options, count) for count in counts]
        report.about = _about(libraries)
        pages = [each.pages() for each in libraries]
        times = {name: {role: [Times() for _ in libraries] for role in _roles(name)} for name in pages[0]}
        for number, name in product(range(options.rounds), times):
            _ask_all(
                libraries, [each[name] for each in pages], times[name], random.Random(f"{name} {number}")
            )
        for name, found in times.items():
            _tell(report, name, found)
    report.notes = [SEARCHES]
    report.write()


def filled(stack: ExitStack, options: Options, count: int) -> Library:
    """A running gallery with so many pictures, which have no bytes, and somebody of each role signed in."""
    folder = _folder(stack, options, count)
    done = folder / "filled"
    service = stack.enter_context(Service(folder / "data"))
    if not done.exists():
        for role in reversed(ROLES):
            service.add_user(f"{role}@example.com", role, PASSWORD)
    with connect(mongod.uri(service.data)) as client:
        db = database(client)
        if not done.exists():
            library_content.add_people(db, PEOPLE - len(ROLES))
        people = _people(db)
        contents = Contents(count, people, len(ROLES))
        if not done.exists():
            _fill(db, contents)
            done.touch()
    cookies = {VISITOR: ""} | {role: _signed_in(service.url, f"{role}@example.com") for role in ROLES}
    return Library(service, contents, cookies)


def _folder(stack: ExitStack, options: Options, count: int) -> Path:
    """Where a library is written, or was the last time."""
    if options.data:
        folder = options.data.resolve() / f"library-{count}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    return Path(stack.enter_context(TemporaryDirectory(prefix="library-", dir=CACHE.resolve())))


def _people(db: Database) -> tuple[str, ...]:
    """The ids of all accounts, first those of the people who are measured."""
    emails = [f"{role}@example.com" for role in ROLES]
    found = list(db.users.find({}, {"email": 1}).sort("_id", 1))
    found.sort(key=lambda each: each["email"] not in emails)
    return tuple(str(each["_id"]) for each in found)


def _fill(db: Database, contents: Contents) -> None:
    begun = time.monotonic()
    library_content.fill(db, contents)
    print(f"{contents.count:,} pictures written in {time.monotonic() - begun:.0f} s", flush=True)


def _command(options: Options) -> str:
    return options.command("library") + f" --count {options.count}" * bool(options.count)


def _about(libraries: list[Library]) -> str:
    small, large = (
        f"{each.contents.count:,} pictures, {each.contents.albums:,} albums" for each in libraries
    )
    return (
        f"One request at a time, alternating between a library with {small}, and one with {large}; in both {PEOPLE} "
        "people, of the pictures 70 % public, 15 % unlisted, 15 % private by themselves, and 2 % in stacks. An album "
        f"has {library_content.PER_ALBUM} pictures, one has half of all. Documents are written into MongoDB and have "
        f"no bytes. In each round {EACH} requests of each page, library and role. `growth` is p50 and p95 of the large "
        "library beside the small one, `role` those in it beside a visitor's: in the middle round."
    )


def _signed_in(site: str, email: str) -> str:
    """The header Cookie of somebody who has just signed in."""
    jar = http.cookiejar.CookieJar()
    opener = build_opener(HTTPCookieProcessor(jar))
    form = opener.open(f"{site}/sign-in").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    fields = {
        "email": email,
        "password": PASSWORD,
        "csrf_token": token[1] if token else "",
        "next": "/gallery/",
    }
    opener.open(f"{site}/sign-in", urlencode(fields).encode()).read()
    return "; ".join(f"{each.name}={each.value}" for each in jar)


def _roles(page: str) -> list[str]:
    return [role for role in (VISITOR, *ROLES) if page != "favourites" or role != VISITOR]


def _ask_all(
    libraries: list[Library], paths: list[str], times: dict[str, list[Times]], order: random.Random
) -> None:
    """One round of a page, in an order that changes: nobody always comes after the same one."""
    asked = [(role, library) for role in times for library in range(len(libraries))]
    for role, library in asked:
        times[role][library].rounds.append([])
    for turn in range(WARM + EACH):
        for role, library in order.sample(asked, len(asked)):
            seconds = _ask(libraries[library], paths[library], role)
            if turn >= WARM:
                times[role][library].rounds[-1].append(1000 * seconds)


def _ask(library: Library, path: str, role: str) -> float:
    answer = fetch(library.service.url + path, {"Cookie": library.cookies[role]})
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status} to the {role}")
    return answer.seconds


def _tell(report: Report, page: str, times: dict[str, list[Times]]) -> None:
    first = times[next(iter(times))][1]
    for role, (small, large) in times.items():
        figures = (f"{each:.1f}" for each in (small.p50, small.p95, large.p50, large.p95))
        beside = "" if role == VISITOR else _ratios(large, first)
        report.row(page, role, *figures, _ratios(large, small), beside)
    _judge(report, page, times)


def _ratios(one: Times, other: Times) -> str:
    return f"{one.beside(other, 50):.2f}, {one.beside(other, 95):.2f}"


def _judge(report: Report, page: str, times: dict[str, list[Times]]) -> None:
    grown = {role: (large, small) for role, (small, large) in times.items()}
    _judge_worst(
        report, f"{page}: p95 at most {GROWTH} times the small library's, for everybody", grown, GROWTH
    )
    if VISITOR in times:
        visitor = times[VISITOR][1]
        beside = {role: (large, visitor) for role, (_, large) in times.items() if role != VISITOR}
        _judge_worst(report, f"{page}: p95 of each role at most {ROLE} times a visitor's", beside, ROLE)


def _judge_worst(report: Report, target: str, pairs: dict[str, tuple[Times, Times]], most: float) -> None:
    """By p95; the worst p50 is told beside it, which what else the machine does disturbs less."""
    slow, middle = (
        {role: one.beside(other, percent) for role, (one, other) in pairs.items()} for percent in (95, 50)
    )
    worst, worst_middle = (max(each, key=each.__getitem__) for each in (slow, middle))
    measured = f"p95 {slow[worst]:.2f} ({worst}), p50 {middle[worst_middle]:.2f} ({worst_middle})"
    report.judge(target, measured, met=slow[worst] <= most)
