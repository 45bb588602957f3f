"""Bytes of f_auto,q_auto at 800 px beside what the peers need for the same look."""

from contextlib import ExitStack

from bench.options import Options
from bench.parts.judge import bytes_at, score
from bench.parts.load import fetch, median
from bench.parts.photographs import Photograph, upright
from bench.parts.plot import bars
from bench.parts.report import Report
from bench.peers.base import CACHE, Ask
from bench.peers.together import Server, start_all

BROWSER = {"Accept": "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"}
QUALITIES = (40, 60, 75, 85, 92)
TARGET = 0.70


def run(options: Options) -> None:
    """Photograph by photograph; a peer's bytes are read off its curve of score against bytes."""
    photos = upright(options.photographs(), CACHE / "upright")
    report = Report("size", "Bytes at equal looks", options.command("size"))
    report.about = (
        f"{options.described(photos)} at 800 px. Picturerail answers `f_auto,q_auto` to a browser that takes AVIF "
        "and WebP; each peer answers JPEG, its default, at the quality that gives the same ssimulacra2 score. "
        "Photographs that lie on their side are turned beforehand, as the peers leave the orientation flag unheeded."
    )
    report.header = ["photograph", "Picturerail", "bytes", "score"]
    ratios: dict[str, list[float]] = {}
    with ExitStack() as stack:
        ours, *peers = start_all(stack, photos, report.notes, alone=options.alone)
        report.header += [
            f"{peer.name}, {what}" for peer in peers for what in ("same score", "default (score)")
        ]
        for photo in photos:
            _compare(report, ours, peers, photo, ratios)
    for name, values in ratios.items():
        middle = median(values)
        report.judge(
            f"at least 30 % below {name} at equal score",
            f"{100 * (1 - middle):.0f} % below",
            met=middle <= TARGET,
        )
    shown = [
        (f"Picturerail of {name}", median(values), f"{median(values):.2f}") for name, values in ratios.items()
    ]
    report.plot = bars("Bytes at equal ssimulacra2 score, peer = 1", [*shown, ("peer", 1.0, "1")])
    report.write()


def _compare(
    report: Report, ours: Server, peers: list[Server], photo: Photograph, ratios: dict[str, list[float]]
) -> None:
    mine = fetch(ours.url(photo, Ask(800, format="auto")), BROWSER)
    wanted = score(photo.path, mine.body)
    cells = [mine.content_type.removeprefix("image/"), f"{len(mine.body):,}", f"{wanted:.1f}"]
    for peer in peers:
        needed = bytes_at(wanted, [_point(peer, photo, quality) for quality in QUALITIES])
        default = _point(peer, photo, 0)
        ratios.setdefault(peer.name, []).append(len(mine.body) / needed)
        cells += [f"{needed:,.0f}", f"{default[1]:,} ({default[0]:.1f})"]
    report.row(photo.path.stem, *cells)


def _point(peer: Server, photo: Photograph, quality: int) -> tuple[float, int]:
    """(score, bytes) of the peer's JPEG."""
    body = fetch(peer.url(photo, Ask(800, quality=quality)), BROWSER).body
    return score(photo.path, body), len(body)
