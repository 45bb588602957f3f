"""Lighthouse over the pages that strangers open, and the first visit beside the second of a page just uploaded."""

from contextlib import ExitStack
from itertools import cycle, islice
from typing import Any

from bench.options import Options
from bench.parts.lighthouse import CATEGORIES, FORM_FACTORS, Lighthouse, Visit
from bench.parts.load import median
from bench.parts.photographs import Photograph
from bench.parts.report import Report
from bench.peers.ours import Ours
from picturerail import mongod
from picturerail.database import connect, database
from picturerail.jobs.job import WAITING
from tests.faults.uploads import GalleryClient
from tests.service import wait_until

A_PAGE = 60
FIRST_VISITS = 3  # pages that nobody has looked at: each has one first visit only
IN_ALBUM = 24
DESCRIPTION = "A photograph of the bench, with a description as long as people write one"
MAX_SECONDS_AHEAD = 3600  # 180 pictures in six sizes, on a machine that does other things, too
AS_GOOD = 1.1  # the first visit's largest paint beside the second's: what one visit differs from the next


def run(options: Options) -> None:
    """The first visit comes first: afterwards nothing is new any more."""
    lighthouse = Lighthouse()
    photos = options.photographs()
    report = Report("lighthouse", "Lighthouse", options.command("lighthouse"))
    report.about = (
        f"Lighthouse {lighthouse.version} with its own throttling, Chromium with an empty cache, medians of "
        f"{options.rounds}. {options.described(photos)}, repeated to {FIRST_VISITS} pages of {A_PAGE} pictures, each a "
        f"file of its own, {IN_ALBUM} of them in an album. First visits come when the sizes are made that the program "
        "makes after an upload by itself; nobody has looked at those pages before, but the browser has been started, "
        "and has seen the sign-in page. Performance depends on the machine: the other categories do not."
    )
    report.header = ["page", "form factor", *CATEGORIES, "largest paint s", "blocked ms", "shift", "fails"]
    with ExitStack() as stack:
        ours = stack.enter_context(Ours("lighthouse"))
        ids, pages = filled(ours, photos)
        until_made(ours)
        lighthouse.visit(pages["sign-in"], "mobile")
        _compare(report, lighthouse, ours, unseen(ours, ids), options.rounds)
        for form_factor in FORM_FACTORS:
            for name, url in pages.items():
                visits = [lighthouse.visit(url, form_factor) for _ in range(options.rounds)]
                _judge(report, name, form_factor, visits)
    report.write()


def filled(ours: Ours, photos: list[Photograph]) -> tuple[list[str], dict[str, str]]:
    """The pictures, the last uploaded last, and the pages' addresses, in a gallery with one album."""
    ours.service.add_user("owner@example.com", "owner", "a password for the page")
    client = GalleryClient(ours.service)
    client.sign_in()
    ids = [
        _upload(client, photo, number)
        for number, photo in enumerate(islice(cycle(photos), FIRST_VISITS * A_PAGE))
    ]
    wanted = {"title": "From the bench", "description": "Two dozen photographs", "visibility": "public"}
    album = _call(client, "POST", "/api/v1/albums", wanted)["album"]
    _call(client, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": ids[:IN_ALBUM]})
    paths = {
        "landing": "/",
        "gallery": "/gallery/",
        "album": album["href"],
        "picture": f"/gallery/{ids[-1]}",
        "timeline": "/timeline/",
        "sign-in": "/sign-in",
    }
    return ids, {name: ours.site + path.removeprefix(ours.site) for name, path in paths.items()}


def unseen(ours: Ours, ids: list[str]) -> list[str]:
    """The stream's pages, the deepest first: a page that fetches the next one early makes no first visit of it."""
    last = [ids[number * A_PAGE] for number in range(1, FIRST_VISITS)]
    return [*(f"{ours.site}/gallery/?after={picture}" for picture in last), f"{ours.site}/gallery/"]


def _upload(client: GalleryClient, photo: Photograph, number: int) -> str:
    """A few bytes after the end make each file one of its own."""
    content = photo.path.read_bytes() + f"copy {number}".encode()
    sent = client.upload(content, f"{photo.path.stem}.jpg")
    if sent is None:
        raise SystemExit(f"{photo.path.name} was not accepted")
    path = f"/api/v1/pictures/{sent.picture}"
    revision = _call(client, "GET", path)["picture"]["updated_at"]
    _call(client, "PATCH", path, {"description": f"{DESCRIPTION}, {number}", "updated_at": revision})
    return sent.picture


def _call(
    client: GalleryClient, method: str, path: str, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    status, told = client.call(method, path, body)
    if status not in (200, 201):
        raise SystemExit(f"{method} {path} was answered with {status}: {told}")
    return told


def until_made(ours: Ours) -> None:
    """Wait, as a photographer would, until the sizes that are made after uploads are there."""
    with connect(mongod.uri(ours.service.data)) as client:
        jobs = database(client)["jobs"]
        wait_until(lambda: jobs.count_documents({"kind": "eager", "state": WAITING}) == 0, MAX_SECONDS_AHEAD)


def _compare(report: Report, lighthouse: Lighthouse, ours: Ours, urls: list[str], rounds: int) -> None:
    """The first visit of each page, then all of them again as often as there are rounds."""
    before = _derived(ours)
    first = [lighthouse.visit(url, "mobile") for url in urls]
    made = _derived(ours) - before
    later = [lighthouse.visit(url, "mobile") for _ in range(rounds) for url in urls]
    performance = _row(report, "gallery, first visits", "mobile", first)[0]
    _row(report, "gallery, later visits", "mobile", later)
    paint, paint_later = (median([visit.largest_paint for visit in visits]) for visits in (first, later))
    report.judge("sizes that the first visits wait for: none", f"{made}", met=made == 0)
    report.judge(
        f"first visits of {A_PAGE} photographs just uploaded: largest paint as early as later ({paint_later:.2f} s)",
        f"{paint:.2f} s, performance {performance:.0f}",
        met=paint <= AS_GOOD * paint_later,
    )


def _derived(ours: Ours) -> int:
    """How many derived pictures are stored."""
    return sum(path.is_file() for path in (ours.service.data / "derived").rglob("*"))


def _judge(report: Report, name: str, form_factor: str, visits: list[Visit]) -> None:
    scores = _row(report, name, form_factor, visits)
    told = " ".join(f"{score:.0f}" for score in scores)
    report.judge(f"{name}, {form_factor}: 100 100 100 100", told, met=min(scores) == 100)


def _row(report: Report, name: str, form_factor: str, visits: list[Visit]) -> list[float]:
    scores = [median([visit.scores[category] for visit in visits]) for category in CATEGORIES]
    paint, blocked, shift = (
        median([getattr(visit, of) for visit in visits]) for of in ("largest_paint", "blocked_ms", "shift")
    )
    failed = sorted({audit for visit in visits for audit in visit.failed})
    numbers = [*(f"{score:.0f}" for score in scores), f"{paint:.2f}", f"{blocked:.0f}", f"{shift:.3f}"]
    report.row(name, form_factor, *numbers, ", ".join(failed) or "-")
    return scores
