"""What must hold of a library that moves over: nothing lost, nothing opened, and at its end every original closed."""

import hashlib
import random
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from bench.gallery.older_library import OldPicture
from picturerail import mongod
from picturerail.database import connect, database
from tests.faults.audit import doctor
from tests.faults.uploads import GalleryClient
from tests.service import Service

ASKERS = 8
SHOWN, REFUSED = {200}, {401, 404}


@dataclass
class MigrationAudit:
    """Asks a service from outside, and remembers which originals were closed already: these must stay so."""

    service: Service
    pictures: Sequence[OldPicture]
    wrong: list[str] = field(default_factory=list)
    asked: int = 0
    _closed: set[str] = field(default_factory=set)

    def on_the_way(self, chance: random.Random, number: int) -> None:
        """Of some pictures: the size that pages elsewhere show, the picture's own page, and the original.

        One in the trash was open until its turn comes, so only its original is looked at.
        """
        some = chance.sample(self.pictures, min(number, len(self.pictures)))
        self._each(some, self._look)

    def at_the_end(self) -> None:
        """Of every picture, from outside and in the store."""
        pages = self._owner_pages()
        self._each(self.pictures, lambda one: self._look_whole(one, pages.get(one.id)))
        live = {each.id for each in self.pictures if not each.in_trash}
        if pages.keys() != live:
            self.wrong.append(
                f"{len(live ^ pages.keys())} pictures are listed that should not be, or are not"
            )
        self._look_at_store()
        code, words = doctor(self.service, "--deep", "--quiescent")
        if code:
            self.wrong.append(f"doctor: {words}")

    def _look(self, one: OldPicture) -> None:
        if not one.in_trash:
            self._expect(one, one.small, SHOWN)
            if found := self._first_image(one):
                self._expect(one, found, SHOWN)
        if self._status(one.path) in REFUSED:
            self._closed.add(one.id)
        elif one.id in self._closed:
            self.wrong.append(f"{one.id}: the original opens again at {one.path}")

    def _look_whole(self, one: OldPicture, original: str | None) -> None:
        self._expect(one, one.path, REFUSED)
        for kind in ("private", "authenticated"):
            self._expect(one, one.path.replace("/upload/", f"/{kind}/"), REFUSED)
        self._expect(one, one.small, REFUSED if one.in_trash else SHOWN)
        if not one.in_trash and (found := self._first_image(one)):
            self._expect(one, found, SHOWN)
        if original is not None:
            self._expect(one, original.partition("?")[0], REFUSED)
            if hashlib.sha256(self._answer(original).data).hexdigest() != one.sha256:
                self.wrong.append(f"{one.id}: the original is not what was sent")

    def _first_image(self, one: OldPicture) -> str:
        """What the picture's own page shows to a visitor."""
        page = self._answer(f"/gallery/{one.id}").data.decode()
        if found := re.search(rf'<img src="([^"]*{re.escape(one.public_id)}[^"]*)"', page):
            return found[1].replace("&amp;", "&")
        self.wrong.append(f"{one.id}: its page does not show it")
        return ""

    def _owner_pages(self) -> dict[str, str]:
        """The path of the original of each picture that the owner finds in lists."""
        client, found, cursor = GalleryClient(self.service), dict[str, str](), ""
        client.sign_in()
        while True:
            status, told = client.call("GET", f"/api/v1/pictures{f'?after={cursor}' if cursor else ''}")
            if status != 200:
                raise SystemExit(f"The list of pictures answers {status}.")
            found |= {each["id"]: "/" + each["url"].split("/", 3)[3] for each in told["pictures"]}
            if not (cursor := told["next"]):
                return found

    def _look_at_store(self) -> None:
        """Each asset is of the type that belongs to it, and its file is what was sent."""
        with connect(mongod.uri(self.service.data)) as client:
            assets = {each["public_id"]: each for each in database(client).assets.find()}
        for one in self.pictures:
            asset = assets.get(one.public_id)
            wanted = "authenticated" if one.in_trash else "private"
            if asset is None or asset["type"] != wanted or asset["sha256"] != one.sha256:
                self.wrong.append(f"{one.id}: its asset is not the {wanted} one that it should be")
            elif _hash(self.service.data / "originals" / asset["original"]) != one.sha256:
                self.wrong.append(f"{one.id}: its file is not what was sent")

    def _expect(self, one: OldPicture, path: str, statuses: set[int]) -> None:
        if (status := self._status(path)) not in statuses:
            self.wrong.append(f"{one.id}: {path} answers {status}")

    def _status(self, path: str) -> int:
        return self._answer(path).status

    def _answer(self, path: str) -> urllib3.BaseHTTPResponse:
        self.asked += 1
        return _POOL.request("GET", f"{self.service.url}{path}")

    def _each(self, pictures: Iterable[OldPicture], look: Callable[[OldPicture], None]) -> None:
        with ThreadPoolExecutor(ASKERS) as pool:
            list(pool.map(look, pictures))


_POOL = urllib3.PoolManager(maxsize=ASKERS, timeout=60, retries=False)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
