"""200 parallel uploads while processes are killed with -9: what was acknowledged, and what is there afterwards."""

import random
import shutil
import time
from collections.abc import Callable

from bench.options import Options
from bench.parts.report import Report
from bench.peers.base import CACHE
from tests.faults.audit import Findings, audit, doctor
from tests.faults.uploads import GalleryClient, Outcome, send_all
from tests.faults.victims import VICTIMS
from tests.service import Service

UPLOADS = 200
LATEST = 4.0  # seconds after the first upload until something is killed


def run(options: Options) -> None:
    """Every victim once in every round, on one data folder; the audit covers all uploads so far."""
    uploads = options.count or UPLOADS
    report = Report("faults", "Uploads while processes are killed", "make faults")
    report.about = (
        f"{uploads} uploads at once, half by the SDK and half through the gallery's API, while a process is killed "
        "with -9 at a random moment. After each kill every acknowledged upload so far is fetched and hashed, every "
        "listed picture is fetched in full and at 40 px, and every asset's file is hashed."
    )
    report.header = [
        "round",
        "killed",
        "after s",
        "acknowledged",
        "refused",
        "ready again s",
        "wrong",
        "orphans",
    ]
    folder = CACHE / "faults"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with Service((folder / "data").resolve()) as service:
        service.add_user("owner@example.com", "owner", "a password for faults")
        _rounds(report, service, uploads, options.rounds)
    report.write()


def _rounds(report: Report, service: Service, uploads: int, rounds: int) -> None:
    client = GalleryClient(service)
    client.sign_in()
    outcomes: list[Outcome] = []
    wrong: list[str] = []
    for turn in range(rounds):
        for victim, kill in VICTIMS.items():
            outcome, after, back = _round(service, client, kill, uploads, first=len(outcomes) * uploads)
            outcomes.append(outcome)
            found = audit(service, client, outcomes)
            wrong += found.wrong
            counts = (len(outcome.acknowledged), len(outcome.refused))
            report.row(turn + 1, victim, after, *counts, back, len(found.wrong), found.orphans)
    _judge(report, service, client, outcomes, wrong)


def _round(
    service: Service, client: GalleryClient, kill: Callable[[Service], None], uploads: int, first: int
) -> tuple[Outcome, str, str]:
    """What came of the uploads, when the kill was, and how long until the program was ready again."""
    wait = random.Random(first).uniform(0.2, LATEST)
    times: list[float] = []

    def meanwhile() -> None:
        time.sleep(wait)
        began = time.monotonic()
        kill(service)
        times.append(time.monotonic() - began)

    outcome = send_all(service, client, first, uploads, meanwhile)
    return outcome, f"{wait:.1f}", f"{times[0]:.1f}"


def _judge(
    report: Report, service: Service, client: GalleryClient, outcomes: list[Outcome], wrong: list[str]
) -> None:
    acknowledged = sum(len(outcome.acknowledged) for outcome in outcomes)
    measured = f"{acknowledged} acknowledged in {len(outcomes)} kills, {len(wrong)} wrong"
    report.judge(
        "acknowledged uploads all there, none half-listed", measured, met=not wrong and acknowledged > 0
    )
    report.notes += wrong[:20]
    before, words = doctor(service, "--quiescent")
    report.notes.append(
        f"`picturerail doctor --quiescent` before the repair, exit code {before}: {_last_line(words)}"
    )
    doctor(service, "--quiescent", "--repair")
    code, words = doctor(service, "--quiescent")
    found: Findings = audit(service, client, outcomes)
    clean = code == 0 and not found.wrong and not found.orphans
    report.judge("`doctor` clean after `--repair`", f"exit code {code}: {_last_line(words)}", met=clean)


def _last_line(words: str) -> str:
    return (words.strip().splitlines() or [""])[-1]
