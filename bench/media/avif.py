"""A new AVIF of 800 px: its time, and its bytes at equal looks, beside ipx."""

from contextlib import ExitStack
from statistics import fmean

from bench.options import Options
from bench.parts.judge import bytes_at, score
from bench.parts.load import Answer, fetch, median
from bench.parts.photographs import Photograph
from bench.parts.report import Report
from bench.peers.base import Ask
from bench.peers.ipx import Ipx
from bench.peers.ours import Ours

QUALITIES = (35, 50, 65)


def run(options: Options) -> None:
    """Photograph by photograph: ipx at its default, ours at three qualities, all of them new."""
    photos = options.photographs(11_000_000)
    report = Report("avif", "A new AVIF of 800 px", options.command("avif"))
    report.about = (
        f"{options.described(photos)}, one request at a time. ipx at its own quality; the bytes of Picturerail "
        "are those that it needs for the same ssimulacra2 score."
    )
    report.header = ["photograph", "ipx ms", "Picturerail ms", "ipx bytes", "Picturerail bytes at that score"]
    times, sizes = [], []
    with ExitStack() as stack:
        ours = stack.enter_context(Ours())
        ours.upload(photos)
        ipx = stack.enter_context(Ipx(photos[0].path.parent))
        _warm(ours, ipx, photos[0])
        for photo in photos:
            theirs = _made(ipx.url(photo, Ask(800, format="avif")))
            mine = [_made(ours.url(photo, Ask(800, format="avif", quality=q))) for q in QUALITIES]
            seconds = median([answer.seconds for answer in mine])
            needed = _bytes_at(photo, theirs, mine)
            times.append(seconds / theirs.seconds)
            sizes.append(needed / len(theirs.body))
            columns = [f"{1000 * theirs.seconds:.0f}", f"{1000 * seconds:.0f}"]
            report.row(photo.path.stem, *columns, f"{len(theirs.body):,}", f"{needed:,.0f}")
    report.judge("at most a quarter of ipx's time", f"{median(times):.2f}", met=median(times) <= 0.25)
    report.judge("no more bytes at the same score", f"{fmean(sizes):.2f} of ipx's", met=fmean(sizes) <= 1)
    report.write()


def _warm(ours: Ours, ipx: Ipx, photo: Photograph) -> None:
    for server in (ours, ipx):
        for quality in QUALITIES:
            _made(server.url(photo, Ask(300, format="avif", quality=quality)))


def _made(url: str) -> Answer:
    answer = fetch(url)
    if answer.status != 200 or answer.content_type != "image/avif":
        raise SystemExit(f"{url} answered {answer.status} {answer.content_type}")
    return answer


def _bytes_at(photo: Photograph, theirs: Answer, mine: list[Answer]) -> float:
    curve = [(score(photo.path, answer.body), len(answer.body)) for answer in mine]
    return bytes_at(score(photo.path, theirs.body), curve)
