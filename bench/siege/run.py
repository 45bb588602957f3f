"""One attack after the other against a program of its own, while good visitors go on asking: `make siege`."""

import io
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudinary.uploader
import numpy as np
from PIL import Image

from bench.options import Options
from bench.parts.report import Report
from bench.siege.visitors import Visitors, Visits
from picturerail import certificates
from tests.edge.site import site
from tests.ports import free_port
from tests.service import Service
from tests.test_https import SecureService

PLAIN, EDGE, TLS = "siege", "siege-edge", "siege-tls"
TITLES = {PLAIN: "Under siege", EDGE: "Under siege, behind an edge", TLS: "Under siege, over TLS"}
WAYS = {
    PLAIN: "nothing in front of it",
    EDGE: "one nginx edge in front of it, without its limits on requests and connections of an address",
    TLS: "with a certificate of its own, nothing in front of it",
}
SECONDS = 60
LARGE = (7000, 5000)  # 35 megapixels
DEAR = "e_oil_paint:90/" * 6
GRACE = 0.05  # seconds beyond twice the quiet time: the crowd itself works on the same two cores
ALLOWED = f"p99 at most 2 times quiet and {1e3 * GRACE:.0f} ms"
MAX_COLD = 3  # seconds for a thumbnail that nobody has asked for before
MEGABYTE = 1024 * 1024
MAX_RESIDENT = 1024 * MEGABYTE  # of all web server processes
UPLOAD = "/v1_1/picturerail/image/upload"


@dataclass(frozen=True)
class Attack:
    """What is done by how many, and what bounds it."""

    name: str
    kind: str
    count: int
    bound: str
    path: str = ""


ATTACKS = (
    Attack("40 who ask for dear pictures", "dear-picture", 40, "price, shares, places", "{dear}"),
    Attack("400 who ask for dear pictures", "dear-picture", 400, "price, shares, places", "{dear}"),
    Attack("half-sent forms, a byte a second", "half-body", 4000, "PICTURERAIL_PATIENCE_SECONDS"),
    Attack("dripped heads, a byte a second", "half-head", 4000, "PICTURERAIL_PATIENCE_SECONDS"),
    Attack("connections that say nothing", "silent", 4000, "PICTURERAIL_PATIENCE_SECONDS"),
    Attack("slow readers of an original", "slow-reader", 1000, "PICTURERAIL_ANSWER_BYTES", "{original}"),
    Attack("half-sent uploads without credentials", "half-upload", 400, "PICTURERAIL_STRANGER_BYTES", UPLOAD),
    Attack(
        "whole uploads of 90 MB without credentials", "whole-upload", 12, "PICTURERAIL_STRANGER_BYTES", UPLOAD
    ),
    Attack("paths of 7,300 slashes", "slashes", 40, "the longest path that is learnt", "/picturerailSLASHES"),
)

TLS_ATTACKS = (
    Attack("handshakes, one after the other", "tls-handshakes", 400, "the processor"),
    Attack("half of a greeting", "tls-silent", 4000, "PICTURERAIL_PATIENCE_SECONDS"),
    Attack("half-sent forms, a byte a second", "tls-half-body", 1000, "PICTURERAIL_PATIENCE_SECONDS"),
)


@dataclass(frozen=True)
class Town:
    """The program under siege, with what good and bad visitors ask it for."""

    service: Service
    port: int  # at which visitors find it
    stored: str
    thumbnail: str
    original: str
    dear: str
    sdk: dict[str, Any]
    tls: ssl.SSLContext | None = None

    def upload(self, width: int, height: int) -> dict[str, Any]:
        """Upload a picture as the owner's program does."""
        answer: dict[str, Any] = cloudinary.uploader.upload(_picture(width, height), **self.sdk)
        return answer

    def visitors(self) -> Visitors:
        """Good ones."""
        paths = {
            "health": "/healthz",
            "sign-in": "/sign-in",
            "page": "/gallery/",
            "stored picture": self.stored,
        }
        return Visitors(self.port, paths, self.thumbnail, self.tls)

    def attack(self, attack: Attack, seconds: float, count: int) -> "subprocess.Popen[bytes]":
        """Begin an attack, in a process of its own."""
        path = attack.path.format(dear=self.dear, original=self.original)
        where = [attack.kind, str(self.port), str(count), str(seconds), path]
        return subprocess.Popen([sys.executable, "-m", "bench.siege.crowd", *where])

    def resident(self) -> int:
        """Bytes of memory of the processes that serve visitors."""
        return sum(_resident(pid) for pid in _children(_public(self.service)))

    def spooled(self) -> int:
        """Bytes on their way in: bodies have no names, so the disk is asked through the processes' descriptors."""
        return sum(_spooled(pid) for pid in _children(_public(self.service)))


@contextmanager
def town(data: Path, way: str = PLAIN) -> Iterator[Town]:
    """A program with a large picture and a small one, as visitors find it one way."""
    with ExitStack() as stack:
        context, upload_prefix = None, ""
        if way == EDGE:
            data.mkdir()
            behind = stack.enter_context(site(data))
            service, front = behind.service, behind.front.port
        elif way == TLS:
            files, inside = certificates.make(data), free_port()
            env = {"PICTURERAIL_TLS_CERT": str(files.certificate), "PICTURERAIL_TLS_KEY": str(files.key)}
            env["PICTURERAIL_MEDIA_PORT"] = str(inside)  # where the SDK need not be told whom to trust
            service = stack.enter_context(SecureService(data, env))
            front, upload_prefix = service.port, f"http://127.0.0.1:{inside}"
            context = ssl.create_default_context(cafile=files.authority)
        else:
            service = stack.enter_context(Service(data))
            front = service.port
        cloudinary.reset_config()
        key, _, rest = service.cloudinary_url.removeprefix("cloudinary://").partition(":")
        secret, _, _ = rest.partition("@")
        config: dict[str, Any] = {"cloud_name": "picturerail", "api_key": key, "api_secret": secret}
        config |= {"upload_prefix": upload_prefix or f"http://127.0.0.1:{front}"}
        large = cloudinary.uploader.upload(_picture(*LARGE), public_id="large", **config)
        cloudinary.uploader.upload(_picture(1600, 1200), public_id="small", **config)
        base = "/picturerail/image/upload"
        yield Town(
            service,
            front,
            stored=f"{base}/w_400,q_80/small.jpg",
            thumbnail=f"{base}/w_200,h_%d,c_fill/small.jpg",
            original=f"{base}/v{large['version']}/large.jpg",
            dear=f"{base}/{DEAR}w_%d/large.jpg",
            sdk=config,
            tls=context,
        )
        cloudinary.reset_config()


@dataclass(frozen=True)
class Outcome:
    """How the good visitors fared, without and with the attack; the most memory and spool that it took."""

    quiet: Visits
    siege: Visits
    resident: int
    spooled: int

    def ratio(self, name: str) -> float:
        """How much longer nearly all visits took."""
        return self.siege.percentile(name, 0.99) / max(self.quiet.percentile(name, 0.99), 0.001)

    def is_slow(self, name: str) -> bool:
        """Whether nearly all visits took more than twice as long, and longer than a busy machine explains."""
        return self.siege.percentile(name, 0.99) > 2 * self.quiet.percentile(name, 0.99) + GRACE


def besiege(place: Town, attack: Attack, seconds: float, count: int) -> Outcome:
    """Visits without the attack, then with it."""
    visitors = place.visitors()
    visitors.visit(2)  # everything is warm
    quiet = visitors.visit(max(3, seconds / 4))
    crowd = place.attack(attack, seconds + 2, count)
    try:
        time.sleep(1.5)
        siege, resident, spooled = Visits(), 0, 0
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            _add(siege, visitors.visit(min(5, seconds)))
            resident, spooled = max(resident, place.resident()), max(spooled, place.spooled())
    finally:
        crowd.wait(seconds + 30)
    return Outcome(quiet, siege, resident, spooled)


def run(options: Options) -> None:
    """All attacks, each for a minute, on a program as `make run` starts it."""
    run_way(options, PLAIN, ATTACKS)


def run_way(options: Options, way: str, attacks: Sequence[Attack]) -> None:
    """Attacks on a program that visitors reach one way."""
    seconds = options.count or SECONDS
    told = options.command(way) + f" --count {seconds}" * bool(options.count)
    report = Report(way, TITLES[way], told)
    report.about = _about(seconds, WAYS[way])
    report.header = ["attack", "connections", "bounded by", "visits", "failed", "p99 quiet → under it, ms"]
    report.header += ["cold picture", "memory, MB", "spool, MB"]
    with tempfile.TemporaryDirectory(prefix="siege") as folder, town(Path(folder) / "data", way) as place:
        for attack in attacks:
            _report(report, attack, besiege(place, attack, seconds, attack.count))
    report.write()


def _report(report: Report, attack: Attack, outcome: Outcome) -> None:
    names = ("health", "sign-in", "page", "stored picture")
    times = ", ".join(
        f"{name} {1e3 * outcome.quiet.percentile(name, 0.99):.0f} → {1e3 * outcome.siege.percentile(name, 0.99):.0f}"
        for name in names
    )
    coldest = outcome.siege.percentile("cold", 1)
    cold = f"at most {coldest:.1f} s, {outcome.siege.refused} refused at once"
    failed = sum(outcome.siege.failed.values())
    memory, spool = outcome.resident // MEGABYTE, outcome.spooled // MEGABYTE
    report.row(
        attack.name, attack.count, attack.bound, outcome.siege.count, failed, times, cold, memory, spool
    )
    slow = [name for name in names if outcome.is_slow(name)]
    told = f"{failed} failed {dict(outcome.siege.failed) or ''}; slower: {', '.join(slow) or 'nothing'}"
    report.judge(f"{attack.name}: 0 failed, {ALLOWED}", told, met=not failed and not slow)
    report.judge(
        f"{attack.name}: a new picture within {MAX_COLD} s", f"{coldest:.1f} s", met=coldest <= MAX_COLD
    )


def _about(seconds: int, way: str) -> str:
    return (
        f"A program as `make run` starts it, {way}, and for {seconds} seconds each a crowd of hostile "
        "visitors on this machine's own addresses (127.0.1.1 to 127.0.1.200), while one good visitor goes on asking "
        "for health, the sign-in page, a gallery page, a stored picture, and now and then for a thumbnail that nobody "
        "has asked for before. The crowd runs on the same cores, so a part of what it costs is its own, for which "
        f"{1e3 * GRACE:.0f} ms are allowed. What bounds each attack is told in [siege.md](../siege.md)."
    )


def _add(sum_of: Visits, more: Visits) -> None:
    for name, times in more.seconds.items():
        sum_of.seconds.setdefault(name, []).extend(times)
    sum_of.failed.update(more.failed)
    sum_of.refused += more.refused


def _picture(width: int, height: int) -> io.BytesIO:
    """Noise, scaled up a little, so that it is neither trivial to encode nor endless."""
    noise = np.random.default_rng(7).integers(0, 255, (height // 4, width // 4, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize((width, height)).save(file, "JPEG", quality=80)
    file.seek(0)
    file.name = "noise.jpg"
    return file


def _public(service: Service) -> int:
    """granian, whose children serve visitors."""
    assert service.process is not None
    for child in _children(service.process.pid):
        if b"picturerail.rsgi.public" in Path(f"/proc/{child}/cmdline").read_bytes():
            return child
    raise SystemExit("The public server does not run.")


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def _spooled(pid: int) -> int:
    total = 0
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            if "/spool/" in str(descriptor.readlink()):
                total += descriptor.stat().st_blocks * 512
        except OSError:
            continue
    return total
