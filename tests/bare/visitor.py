"""Who used a gallery of before, and asks for the same after an upgrade: a script with nothing but its .venv's modules.

visitor.py fill SITE KEPT LOG     the owner's account by the link in LOG, pictures by the form and by the SDK
visitor.py ask SITE KEPT          the same once more; prints a line for each, ok or failed
"""

import hashlib
import html
import http.cookiejar
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudinary
import cloudinary.api
import cloudinary.uploader
import cloudinary.utils

OWNER, PASSWORD = "owner@example.com", "a long password of the owner"
EDITOR, EDITORS_PASSWORD = "ben@example.com", "a long password of an editor"
IN_TRASH, WORDS = "3.jpg", "lighthouse"
SHOP = "shop/chair"


@dataclass(frozen=True)
class Answer:
    """What came: of a redirect that which it led to."""

    status: int
    kind: str
    body: bytes
    url: str

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        return hashlib.sha256(self.body).hexdigest()


class Browser:
    """Keeps cookies, and fills in forms."""

    def __init__(self, site: str, jar: Path) -> None:
        """Of `site`; cookies are kept in `jar` from one run to the next."""
        self.site, self.cookies = site, http.cookiejar.LWPCookieJar(jar)
        if jar.exists():
            self.cookies.load(ignore_discard=True)
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, address: str) -> Answer:
        """An address, or a path of the site."""
        return self._call(urllib.request.Request(urllib.parse.urljoin(self.site, address)))

    def send(
        self, path: str, fields: Mapping[str, str], files: Sequence[Path] = (), page: str = ""
    ) -> Answer:
        """The form of a `page` (else that of the path itself)."""
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.get(page or path).body.decode())
        boundary = uuid.uuid4().hex
        parts = [
            f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in ({"csrf_token": token[1] if token else ""} | dict(fields)).items()
        ]
        parts += [
            f'Content-Disposition: form-data; name="image"; filename="{file.name}"\r\n'.encode()
            + b"Content-Type: image/jpeg\r\n\r\n"
            + file.read_bytes()
            + b"\r\n"
            for file in files
        ]
        body = (
            b"".join(f"--{boundary}\r\n".encode() + part for part in parts) + f"--{boundary}--\r\n".encode()
        )
        request = urllib.request.Request(urllib.parse.urljoin(self.site, path), data=body)
        request.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
        return self._call(request)

    def _call(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=60) as answer:
                return Answer(answer.status, answer.headers.get_content_type(), answer.read(), answer.url)
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers.get_content_type(), error.read(), request.full_url)


def fill(site: str, kept: Path, log: Path) -> None:
    """A gallery as its first weeks make it; what was seen of it is written into `kept`."""
    browser = Browser(site, kept / "cookies")
    link = re.search(r"/setup/\S+", log.read_text())
    assert link, log.read_text()
    made = browser.send(link[0], {"email": OWNER, "password": PASSWORD})
    assert made.status == 200, made.body.decode()
    browser.send("/upload/", {"description": f"A {WORDS} in the fog", "tags": "sea, north"}, _sent(kept))
    pictures = json.loads(browser.get("/api/v1/pictures").body)["pictures"]
    gone = next(each for each in pictures if each["filename"] == IN_TRASH)
    browser.send(f"/gallery/{gone['id']}/delete", {}, page=f"/gallery/{gone['id']}")
    live = [each for each in pictures if each["id"] != gone["id"]]
    shop = cloudinary.uploader.upload(str(_sent(kept)[0]), public_id=SHOP, tags=["oak"])
    told = {
        "pictures": {each["id"]: each["filename"] for each in live},
        "originals": [each["url"] for each in live],
        "shown": sorted({address for each in live for address in _images(browser, each["id"])}),
        "shop": shop["url"],
        "shop's": [
            cloudinary.utils.cloudinary_url(SHOP, format="jpg", version=shop["version"], **options)[0]
            for options in (
                {"width": 40, "height": 30, "crop": "fill"},
                {"effect": "sepia", "sign_url": True},
                {"fetch_format": "webp"},
            )
        ],
        "gone": gone["id"],
    }
    told["shown"] += [re.sub("/upload/", "/upload/c_fill,w_40,h_40/", url) for url in told["originals"]]
    # each is looked at then, too: what does not answer before says nothing about an upgrade
    for address in [*told["shown"], *told["shop's"]]:
        assert browser.get(address).kind.startswith("image/"), address
    (kept / "told.json").write_text(json.dumps(told))
    browser.cookies.save(ignore_discard=True)
    print(
        f"ok     {len(live)} pictures, {len(told['shown'])} addresses of sizes, one in the trash, one by the SDK"
    )


def ask(site: str, kept: Path) -> None:
    """What was there, is there."""
    told: dict[str, Any] = json.loads((kept / "told.json").read_text())
    sent = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in _sent(kept)}
    visitor, browser = Browser(site, kept / "none"), Browser(site, kept / "cookies")
    say("the session of before", browser.get("/upload/").url.endswith("/upload/"))
    for email, password in ((OWNER, PASSWORD), (EDITOR, EDITORS_PASSWORD)):
        person = Browser(site, kept / "none")
        person.send("/sign-in", {"email": email, "password": password})
        say(f"the account {email}", person.get("/upload/").url.endswith("/upload/"))
    for number, (picture, name) in enumerate(told["pictures"].items()):
        page = visitor.get(f"/gallery/{picture}")
        say(f"the page of {name}", page.status == 200 and WORDS in page.body.decode())
        images = _images(visitor, picture)
        say(
            f"each size on it ({len(images)})",
            bool(images) and all(_is_image(visitor, each) for each in images),
        )
        say(
            f"the file of {name} for its owner",
            browser.get(f"/gallery/{picture}/download").sha256 == sent[name],
        )
        say(
            f"its open original is closed now ({number})",
            visitor.get(told["originals"][number]).status in (401, 404),
        )
    wrong = [each for each in told["shown"] if not _is_image(visitor, each)]
    say(f"{len(told['shown'])} addresses of sizes that stand elsewhere", not wrong, wrong[:1])
    found = visitor.get(f"/gallery/?q={WORDS}").body.decode()
    say("the search", all(picture in found for picture in told["pictures"]))
    say("the picture in the trash is shown to nobody", visitor.get(f"/gallery/{told['gone']}").status == 404)
    say("the picture in the trash, in the trash", told["gone"] in browser.get("/trash/").body.decode())
    say("the feed", visitor.get("/gallery/feed.atom").status == 200)
    say("the SDK's original", visitor.get(told["shop"]).sha256 == sent["1.jpg"])
    for address in told["shop's"]:
        say(f"the SDK's address {address}", _is_image(visitor, address))
    say("the key of before reads", cloudinary.api.resource(SHOP, tags=True)["tags"] == ["oak"])
    again = cloudinary.uploader.upload(str(_sent(kept)[1]), public_id=f"shop/{uuid.uuid4().hex}")
    say("the key of before uploads", visitor.get(again["url"]).sha256 == sent["2.jpg"])


def say(what: str, is_so: object, more: object = "") -> None:
    """A line."""
    print(f"{'ok    ' if is_so else 'failed'} {what} {more or ''}".rstrip())


def _sent(kept: Path) -> list[Path]:
    return sorted((kept / "sent").iterdir())


def _images(browser: Browser, picture: str) -> list[str]:
    """The addresses by which a picture's page shows it."""
    page = browser.get(f"/gallery/{picture}").body.decode()
    found = re.findall(r'(?:src|srcset)="([^"]*/image/[^"]*)"', page)
    return sorted({part.split()[0] for each in found for part in html.unescape(each).split(", ")})


def _is_image(browser: Browser, address: str) -> bool:
    answer = browser.get(address)
    return answer.status == 200 and answer.kind.startswith("image/")


if __name__ == "__main__":
    WORK: dict[str, Callable[..., None]] = {"fill": fill, "ask": ask}
    WORK[sys.argv[1]](sys.argv[2], *map(Path, sys.argv[3:]))
