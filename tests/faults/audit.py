"""What must hold after a fault, checked from outside: by HTTP, by the documents, by the files, by `doctor`."""

import hashlib
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from picturerail import mongod
from picturerail.database import connect, database
from tests.faults.uploads import GalleryClient, Outcome
from tests.service import COMMAND, Service


@dataclass
class Findings:
    """What is wrong, one sentence each, and how many orphans a crash has left (allowed: repair takes them)."""

    wrong: list[str] = field(default_factory=list)
    orphans: int = 0


def audit(service: Service, client: GalleryClient, outcomes: list[Outcome]) -> Findings:
    """Every acknowledged upload is there whole; nothing is listed of which a part is missing."""
    found = Findings()
    pool = urllib3.PoolManager(retries=False, timeout=30)
    tried = {sha for outcome in outcomes for sha in outcome.tried}
    listed = _listed(client)
    for sent in (sent for outcome in outcomes for sent in outcome.acknowledged):
        if _hash_at(pool, sent.url) != sent.sha256:
            found.wrong.append(f"acknowledged, but not there as it was sent: {sent.url}")
        if sent.picture and sent.picture not in listed:
            found.wrong.append(f"acknowledged, but not listed: picture {sent.picture}")
    for picture, url in listed.items():
        if _hash_at(pool, url) not in tried:
            found.wrong.append(f"listed, but its original is not one that was sent: picture {picture}")
        small = url.replace("/private/", "/private/c_fill,w_40,h_40/")
        if (status := pool.request("GET", small).status) != 200:
            found.wrong.append(f"listed, but answers {status} at 40 px: picture {picture}")
    _compare_store(service, found)
    return found


def doctor(service: Service, *arguments: str) -> tuple[int, str]:
    """Exit code and words of `picturerail doctor`."""
    command = [*COMMAND, "doctor", "--data", str(service.data), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr


def _listed(client: GalleryClient) -> dict[str, str]:
    """Address of the original of every picture that the gallery lists, by id."""
    found: dict[str, str] = {}
    cursor = ""
    while True:
        status, page = client.call("GET", f"/api/v1/pictures{f'?after={cursor}' if cursor else ''}")
        assert status == 200, page
        found |= {picture["id"]: picture["url"] for picture in page["pictures"]}
        if not (cursor := page["next"]):
            return found


def _hash_at(pool: urllib3.PoolManager, url: str) -> str:
    answer = pool.request("GET", url)
    return hashlib.sha256(answer.data).hexdigest() if answer.status == 200 else f"status {answer.status}"


def _compare_store(service: Service, found: Findings) -> None:
    """Each asset's file has its hash; files that no asset names are orphans."""
    client = connect(mongod.uri(service.data))
    known = {asset["original"]: asset["sha256"] for asset in database(client).assets.find()}
    client.close()
    folder = service.data / "originals"
    for original, sha256 in known.items():
        path = folder / original
        if not path.is_file() or _hash(path) != sha256:
            found.wrong.append(f"an asset's original is missing or damaged: {original}")
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("[!.]*") if path.is_file()}
    found.orphans = len(there - known.keys())


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
