"""A backup of a running installation, and the same installation made from it on an empty folder."""

import json
import random
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.faults.audit import audit, doctor
from tests.faults.uploads import GalleryClient, Outcome, send_all
from tests.service import COMMAND, Service
from tests.services import Services

KILLS = 4  # of each command; 50 with -m slow


@dataclass
class Running:
    """An installation with some pictures, and who put them there.

    What comes back from a backup takes its place, at the same address and with the same accounts.
    """

    service: Service
    client: GalleryClient
    outcome: Outcome

    def add(self, more: Outcome) -> None:
        """Remember what else was sent."""
        self.outcome.acknowledged += more.acknowledged
        self.outcome.tried |= more.tried


@pytest.fixture(scope="module")
def running(services: Services) -> Iterator[Running]:
    with services.program() as service:
        service.add_user("owner@example.com", "owner", "a password to keep")
        client = GalleryClient(service)
        client.sign_in()
        installation = Running(service, client, send_all(service, client, 0, 8, lambda: None))
        yield installation
        installation.service.stop()


def picturerail(service: Service, *arguments: str, data: Path | None = None) -> tuple[int, str]:
    """Exit code and words of a command."""
    done = subprocess.run(
        [*COMMAND, *arguments, "--data", str(data or service.data)],
        env=service._env(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    named = f"Data folder: {data or service.data}\n"  # which every command says first
    return done.returncode, done.stdout + done.stderr.removeprefix(named)


def move(running: Running, place: Path, data: Path) -> Service:
    """Stop the service, and start it from a backup, on another folder."""
    running.service.stop()
    code, words = picturerail(running.service, "restore", str(place), data=data)
    assert code == 0, words
    running.service = replace(running.service, data=data, process=None)
    running.service.start()
    return running.service


def test_an_installation_comes_back_whole_although_it_served_meanwhile(
    running: Running, tmp_path: Path
) -> None:
    place, words = tmp_path / "backup", ""
    before = Outcome(list(running.outcome.acknowledged), [], set(running.outcome.tried))

    def back_up() -> None:
        nonlocal words
        words = running.service.run("backup", str(place))

    meanwhile = send_all(running.service, running.client, 100, 8, back_up)
    assert not meanwhile.refused
    before.tried |= meanwhile.tried  # what came meanwhile may be in it, or not; if it is, it is whole
    assert "snapshot" in words
    assert picturerail(running.service, "backup", str(place), "--verify") == (0, "Every byte is as it was.\n")

    url = running.service.cloudinary_url
    service, running.outcome = move(running, place, tmp_path / "anew"), before
    # the same cookie, keys and addresses
    assert audit(service, running.client, [before]).wrong == []
    code, found = doctor(service, "--deep", "--quiescent")
    if code != 0:  # a snapshot between the two steps of an upload leaves at worst this
        assert re.fullmatch(r"\d+ assets that no picture shows\nData folder: .*\n", found), found
        doctor(service, "--quiescent", "--repair")
    fresh = GalleryClient(running.service)
    fresh.sign_in()
    assert service.cloudinary_url == url


def test_the_second_snapshot_copies_only_what_is_new(running: Running, tmp_path: Path) -> None:
    place = tmp_path / "backup"
    running.service.run("backup", str(place))
    with urllib.request.urlopen(f"{running.service.url}/readyz") as answer:
        assert b"last backup: " in answer.read()
    copied = {path: path.stat().st_mtime_ns for path in (place / "originals").rglob("*") if path.is_file()}
    running.add(send_all(running.service, running.client, 200, 2, lambda: None))
    assert " 2 of them new" in running.service.run("backup", str(place))
    assert all(path.stat().st_mtime_ns == at for path, at in copied.items())


def test_an_encrypted_backup_shows_nothing_and_opens_by_its_passphrase_alone(
    running: Running, tmp_path: Path
) -> None:
    place = tmp_path / "backup"
    running.service.env["PICTURERAIL_BACKUP_PASSPHRASE"] = "eight words that nobody else knows"
    try:
        running.service.run("backup", str(place))
        stored = [path.read_bytes() for path in place.rglob("*") if path.is_file()]
        secret = json.loads((running.service.data / "secrets.json").read_text())["secret_key"].encode()
        assert not any(b"\xff\xd8\xff" in content[:3] or secret in content for content in stored)
        assert picturerail(running.service, "backup", str(place), "--verify")[0] == 0
        service = move(running, place, tmp_path / "anew")
        assert audit(service, running.client, [running.outcome]).wrong == []
        service.env["PICTURERAIL_BACKUP_PASSPHRASE"] = "another one"
        code, words = picturerail(running.service, "restore", str(place), data=tmp_path / "never")
        assert code == 1
        assert "not the passphrase" in words
        assert not (tmp_path / "never" / "secrets.json").exists()
    finally:
        del running.service.env["PICTURERAIL_BACKUP_PASSPHRASE"]


@pytest.mark.parametrize(
    "kills", [KILLS, pytest.param(50, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_kills_lose_nothing_and_the_next_run_goes_on(running: Running, tmp_path: Path, kills: int) -> None:
    place, anew, chance = tmp_path / "backup", tmp_path / "anew", random.Random(7)
    _killed_often(running.service, kills, ["backup", str(place), "--data", str(running.service.data)], chance)
    assert picturerail(running.service, "backup", str(place))[0] == 0
    assert picturerail(running.service, "backup", str(place), "--verify")[0] == 0
    _killed_often(running.service, kills, ["restore", str(place), "--data", str(anew)], chance)
    service = move(running, place, anew)
    assert audit(service, running.client, [running.outcome]).wrong == []
    code, found = doctor(service, "--deep", "--quiescent")
    assert code == 0, found


def test_a_half_restored_folder_is_not_served(running: Running, tmp_path: Path) -> None:
    place, anew = tmp_path / "backup", tmp_path / "anew"
    running.service.run("backup", str(place))
    next(path for path in (place / "snapshots").rglob("0000")).write_bytes(b"damaged")
    code, words = picturerail(running.service, "backup", str(place), "--verify")
    assert code == 1
    assert "missing or damaged" in words
    code, words = picturerail(running.service, "restore", str(place), data=anew)
    assert code == 1
    assert "damaged in this backup" in words
    code, words = picturerail(running.service, "serve", data=anew)
    assert code == 1
    assert "only half restored" in words


def test_a_folder_in_use_is_left_alone(running: Running, tmp_path: Path) -> None:
    running.service.run("backup", str(tmp_path / "backup"))
    code, words = picturerail(running.service, "restore", str(tmp_path / "backup"))
    assert code == 1
    assert "is not empty" in words
    code, words = picturerail(running.service, "restore", str(tmp_path / "nothing"), data=tmp_path / "anew")
    assert code == 1
    assert "There is no backup in" in words


def _killed_often(service: Service, kills: int, arguments: list[str], chance: random.Random) -> None:
    """Begin again and again, and kill -9 at a random moment each time."""
    for _ in range(kills):
        process = subprocess.Popen(
            [*COMMAND, *arguments], env=service._env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0.4, 2.5))
        process.kill()
        process.wait()
