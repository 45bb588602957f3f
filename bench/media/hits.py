"""A stored picture of about 40 kB: requests a second beside nginx's static file and thumbor's stored result."""

from contextlib import ExitStack

from bench.options import Options
from bench.parts.load import fetch, hits_per_second, median
from bench.parts.photographs import Photograph
from bench.parts.plot import bars
from bench.parts.report import Report
from bench.peers.base import Ask, Peer, Unavailable
from bench.peers.nginx import Nginx
from bench.peers.ours import Ours
from bench.peers.thumbor import Thumbor

WANTED = 40_000  # bytes
CONNECTIONS = (16, 64)
SECONDS = 4


def run(options: Options) -> None:
    """Interleave the servers, each alone under wrk."""
    photo = options.photographs(8_000_000)[0]
    report = Report("hits", "A stored picture", options.command("hits"))
    report.header = ["server", "connections", "requests a second", "of nginx", "of thumbor"]
    with ExitStack() as stack:
        ours = stack.enter_context(Ours())
        ours.upload([photo])
        ask = _ask_for_wanted_bytes(ours, photo)
        content = fetch(ours.url(photo, ask)).body
        report.about = (
            f"One derived JPEG of {len(content):,} bytes, {ask.width} px wide, asked for again and again."
        )
        servers = {ours.name: ours.url(photo, ask)}
        for peer in (Nginx(content), Thumbor(photo.path.parent, stored=True)):
            servers |= _started(stack, peer, photo, ask, report)
        for connections in CONNECTIONS:
            _measure(report, servers, connections, options.rounds)
    report.write()


def _started(stack: ExitStack, peer: Peer, photo: Photograph, ask: Ask, report: Report) -> dict[str, str]:
    try:
        stack.enter_context(peer)
    except Unavailable as error:
        report.notes.append(f"Not measured: {error}.")
        return {}
    answer = fetch(peer.url(photo, ask))
    report.notes.append(f"{peer.name} answers {len(answer.body):,} bytes.")
    return {peer.name: peer.url(photo, ask)}


def _measure(report: Report, servers: dict[str, str], connections: int, rounds: int) -> None:
    found: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(rounds):
        for name, url in servers.items():
            found[name].append(hits_per_second(url, connections, SECONDS))
    middle = {name: median(values) for name, values in found.items()}
    limit, peer = found.get(Nginx.name), found.get(Thumbor.name)
    for name, values in found.items():
        report.row(name, connections, f"{middle[name]:,.0f}", _ratio(values, limit), _ratio(values, peer))
    if limit and peer:
        of_nginx, of_thumbor = _ratios(found[Ours.name], limit), _ratios(found[Ours.name], peer)
        target = f"{connections} connections: at least 0.5 of nginx's static file, 8 times thumbor"
        met = of_nginx >= 0.5 and of_thumbor >= 8
        report.judge(target, f"{of_nginx:.2f} of nginx, {of_thumbor:.1f} times thumbor", met=met)
    text = [(name, value, f"{value:,.0f} a second") for name, value in middle.items()]
    report.plot = report.plot or bars(f"A stored picture of 40 kB, {connections} connections", text)


def _ratios(values: list[float], base: list[float]) -> float:
    return median([one / other for one, other in zip(values, base, strict=True)])


def _ratio(values: list[float], base: list[float] | None) -> str:
    return f"{_ratios(values, base):.2f}" if base else "-"


def _ask_for_wanted_bytes(ours: Ours, photo: Photograph) -> Ask:
    """The width whose JPEG at quality 80 is nearest to the wanted bytes."""
    asks = [Ask(width, quality=80) for width in range(200, 640, 40)]
    return min(asks, key=lambda ask: abs(len(fetch(ours.url(photo, ask)).body) - WANTED))
