"""Searches and lists of 1,000,000 assets beside the same of 1,000, asked over HTTP."""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from bench.options import Options
from bench.parts.load import median
from bench.parts.report import Report
from bench.search.places import BEGAN, GROUP, Place, place

SMALL, LARGE = 1_000, 1_000_000
TARGET = 1.5
EACH = 40  # searches of each kind in each place in a round

# {n} is an asset's number, {g} its group's, {start} and {end} times around it, {large} nearly the most bytes.
SEARCHES = {
    "public_id": "public_id=shop{g}/asset{n}",
    "asset_id": "asset_id={n:032x}",
    "tag": "tags=group{g}",
    "word of a tag": "tags:group{g}",
    "prefix of public_id": "public_id:shop{g}/asset*",
    "folder": "folder=shop{g}",
    "context": "context.stage=value{g}",
    "metadata": "metadata.group={g}",
    "any text": "asset{n}",
    "hour of upload": "created_at:[{start} TO {end}]",
    "a few by size": "bytes>{large}",
    "most by size": "bytes>500kb",
    "tag and size": "tags=group{g} AND bytes>500kb",
    "tag and type": "tags=group{g} AND resource_type:image AND format:jpg",
    "either of two tags": "tags=group{g} OR tags=group0",
    "one tag without another": "tags=group{g} AND NOT tags=ninth3",
    "a rare format": "format:gif",
    "a tag of a ninth": "tags=ninth{ninth}",
    "newest of all": "",
    "newest of one type": "resource_type:image",
    "newest without a tag": "resource_type:image AND NOT tags=group0",
    "largest of all": "",
    "largest of one type": "resource_type:image",
    "public_ids in order": "",
    "second page": "resource_type:image",
}
# The lists of the Admin API, each turn for another one where {n} or {g} stands.
LISTS = {
    "list of a type": "resources/image?max_results=30",
    "list by tag": "resources/image/tags/group{g}?max_results=30",
    "list by a tag of a ninth": "resources/image/tags/ninth{ninth}?max_results=30",
    "list by key of context": "resources/image/context?key=stage&max_results=30",
    "list by value of context": "resources/image/context?key=stage&value=value{g}&max_results=30",
    "tags in use": "tags/image?max_results=30",
    "tags in use by prefix": "tags/image?prefix=group{g}&max_results=30",
}
SORTED: dict[str, list[dict[str, str]]] = {
    "largest of all": [{"bytes": "desc"}],
    "largest of one type": [{"bytes": "desc"}],
    "public_ids in order": [{"public_id": "asc"}],
}


def run(options: Options) -> None:
    """Both services run at the same time; their searches alternate."""
    report = Report("search", "Searches among 1,000,000 assets beside 1,000", options.command("search"))
    report.about = "One search or list at a time over HTTP, 30 results, alternating between the two services."
    report.header = ["search", "assets", "found", "p50 ms", "p95 ms"]
    with ExitStack() as stack:
        counts = (SMALL, options.count or LARGE)
        places = [place(stack, count, options.data) for count in counts]
        for name in SEARCHES:
            _measure(report, name, places, options.rounds)
        for name in LISTS:
            _measure(report, name, places, options.rounds)
    report.write()


def ask(name: str, at: Place, turn: int, **more: Any) -> tuple[float, dict[str, Any]]:  # noqa: ANN401
    """One search or list: the seconds that it took, and its answer."""
    if name not in LISTS:
        return at.search(**_asked(name, at, turn), **more)
    number = turn * 7919 % at.count
    return at.get(LISTS[name].format(g=number // GROUP, ninth=number % 9))


def _found(answer: dict[str, Any]) -> str:
    """How many there are; a list tells only those of its page."""
    if "total_count" in answer:
        return f"{answer['total_count']:,}"
    return f"{len(answer.get('resources') or answer['tags'])}{' and more' if 'next_cursor' in answer else ''}"


def _asked(name: str, at: Place, turn: int) -> dict[str, Any]:
    """A search for something that is there, each turn for something else."""
    number = turn * 7919 % at.count
    start = BEGAN + timedelta(seconds=number)
    expression = SEARCHES[name].format(
        n=number,
        g=number // GROUP,
        ninth=number % 9,
        large=3_000_000 - 30_000_000 // min(at.count, 3_000_000),
        start=f'"{start:%Y-%m-%dT%H:%M:%SZ}"',
        end=f'"{start + timedelta(seconds=GROUP - 1):%Y-%m-%dT%H:%M:%SZ}"',
    )
    return {"expression": expression, **({"sort_by": SORTED[name]} if name in SORTED else {})}


def _measure(report: Report, name: str, places: list[Place], rounds: int) -> None:
    """In each round the two places are asked in turn; the median of the rounds' ratios counts."""
    first = [ask(name, each, 0)[1] for each in places]  # warms up, too
    more = [{"next_cursor": answer["next_cursor"]} if name == "second page" else {} for answer in first]
    times: list[list[list[float]]] = [[[] for _ in range(rounds)] for _ in places]
    for turn in range(rounds * EACH):
        for which, each in enumerate(places):
            seconds, _ = ask(name, each, turn + 1, **more[which])
            times[which][turn // EACH].append(1000 * seconds)
    middles = [[median(each) for each in one] for one in times]
    slow = [[sorted(each)[EACH * 95 // 100] for each in one] for one in times]
    for which, each in enumerate(places):
        figures = (f"{median(one[which]):.1f}" for one in (middles, slow))
        report.row(name, f"{each.count:,}", _found(first[which]), *figures)
    p50, p95 = (
        median([large / small for small, large in zip(*each, strict=True)]) for each in (middles, slow)
    )
    measured = f"p95 {p95:.2f} times, p50 {p50:.2f} times"
    report.judge(f"{name}: p95 at most {TARGET} times what it is at 1,000", measured, met=p95 <= TARGET)
