"""Uploads through the page's form, without JavaScript, on the whole program."""

import hashlib
import http.client
import json
import re
import unicodedata
from urllib.parse import unquote

import pytest

from tests.files import animated_gif, jpeg, opened, png
from tests.gallery.browser import Browser, Page
from tests.service import Service

NAMES = [
    "simple.jpg",
    "Ωραία θέα.jpg",
    "картина моря.jpg",
    "写真 一.jpg",
    "صورة.jpg",
    "תמונה.jpg",
    "ภาพ.jpg",
    "naïve café 🏔.jpg",
    "e\u0301 decomposed.jpg",
    "a, b; c = 'd' \"e\" % 100 & <f>.v2.jpg",
    "no-extension",
    ".htaccess.jpg",
    "x" * 300 + ".jpg",
]

_seed = iter(range(10_000))


@pytest.fixture(scope="module")
def owner(service: Service) -> Browser:
    browser = Browser(service.url)
    browser.sign_in(service.owner_email, service.owner_password)
    return browser


def fresh(width: int = 320, height: int = 240) -> bytes:
    """A picture that this gallery has not seen."""
    return jpeg(width, height, 0) + b"fresh %d" % next(_seed)


def upload(browser: Browser, *files: tuple[str, bytes], description: str = "", field: str = "image") -> Page:
    return browser.post(
        "/upload/", {"description": description}, [(field, name, content) for name, content in files]
    )


def newest(browser: Browser) -> str:
    return browser.get("/gallery/").tiles()[0]


def original(browser: Browser, identity: str) -> Page:
    return browser.get(json.loads(browser.get(f"/api/v1/pictures/{identity}").body)["picture"]["url"])


def test_one_picture_from_the_form_to_the_screen(owner: Browser) -> None:
    content = fresh(1300, 800)
    page = upload(owner, ("boot.jpg", content), description="A boat\r\nin the evening")
    assert (page.status, page.path) == (200, "/upload/")
    assert "Added boot.jpg." in page.words
    identity = newest(owner)
    assert f'href="/gallery/{identity}"' in page.text
    shown = Browser(owner.url).get(f"/gallery/{identity}")
    assert "A boat in the evening" in shown.words
    assert "1300 × 800 pixels" in shown.words
    [source] = re.findall(r'<img src="([^"]+)" srcset="[^"]+" sizes="[^"]+" width="1300"', shown.text)
    seen = Browser(owner.url).get(source)
    assert opened(seen.body).size == (1300, 800)
    assert "immutable" in seen.headers["Cache-Control"]
    grid = Browser(owner.url).get("/gallery/")
    for address, width in re.findall(rf'([^\s"]*{re.escape(source.rpartition("/")[2])}) (\d+)w', grid.text):
        assert opened(Browser(owner.url).get(address).body).width == int(width)
    assert hashlib.sha256(original(owner, identity).body).digest() == hashlib.sha256(content).digest()
    assert re.search(rf"\.p{identity}{{--w:1300;--h:800;--c:#[0-9A-Fa-f]{{6}}}}", grid.text)
    assert re.search(
        rf'id="p{identity}".{{1,3000}}data-thumbhash="[A-Za-z0-9+/=]{{20,}}"', grid.text, re.DOTALL
    )


def test_several_pictures_and_a_description_for_each_group(owner: Browser) -> None:
    files = [
        ("image", "a.jpg", fresh()),
        ("image", "b.jpg", fresh()),
        ("image-2", "c.png", png(50, 40, next(_seed))),
    ]
    page = owner.post("/upload/", {"description": "first two", "description-2": "the third"}, files)
    assert "Added a.jpg, b.jpg, c.png." in page.words
    three = json.loads(owner.get("/api/v1/pictures?limit=3").body)["pictures"]
    assert [(one["filename"], one["description"]) for one in three] == [
        ("c.png", "the third"),
        ("b.jpg", "first two"),
        ("a.jpg", "first two"),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_names_in_any_script_survive(owner: Browser, name: str) -> None:
    content = fresh()
    assert upload(owner, (name, content)).status == 200
    picture = json.loads(owner.get("/api/v1/pictures?limit=1").body)["pictures"][0]
    kept = picture["filename"]
    if len(name) > 255:
        assert len(kept) == 255
        assert kept.endswith("xxx.jpg")
    else:
        assert kept == unicodedata.normalize("NFC", name).lstrip(".")
    saved = owner.get(f"/gallery/{picture['id']}/download")
    assert saved.body == content
    assert saved_name(saved) == safe_in_a_header(kept if "." in kept[-5:] else f"{kept}.jpg")


def saved_name(page: Page) -> str:
    """The name under which a browser saves this answer."""
    disposition = page.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=")
    unicode = disposition.partition("filename*=UTF-8''")[2]
    return unquote(unicode) if unicode else disposition.split('"')[1]


def safe_in_a_header(name: str) -> str:
    """What the media service promises: any script, but nothing that means something to a system or a header."""
    stem = name.removesuffix(".jpg")
    return re.sub(r'["\\/:*?<>|%;]', "_", stem)[:200] + ".jpg"


def test_the_same_name_again_is_another_picture(owner: Browser) -> None:
    first, second = fresh(), fresh()
    for content in (first, second):
        upload(owner, ("same.jpg", content))
    [newer, older] = owner.get("/gallery/").tiles()[:2]
    assert (original(owner, older).body, original(owner, newer).body) == (first, second)


def test_the_same_bytes_again_can_be_kept_or_skipped(owner: Browser) -> None:
    content = fresh()
    upload(owner, ("one.jpg", content))
    there = newest(owner)
    page = upload(owner, ("two.jpg", content))
    assert "two.jpg : is already in the gallery" in page.words
    assert newest(owner) == there
    assert f'href="/gallery/{there}"' in page.text
    [keep] = re.findall(r'action="(/gallery/\w+/keep)"', owner.get("/upload/").text)
    assert owner.get(keep.removesuffix("/keep")).status == 404
    assert "Both are kept" in owner.post(keep).words
    kept = newest(owner)
    assert kept != there
    assert original(owner, kept).body == content
    upload(owner, ("three.jpg", content))
    [skip] = re.findall(r'action="(/gallery/\w+/skip)"', owner.get("/upload/").text)
    assert "Skipped" in owner.post(skip).words
    assert newest(owner) == kept
    assert "Already in the gallery" not in owner.get("/upload/").words
    assert owner.post(skip).status == 404


def test_one_bad_file_never_stops_the_others(owner: Browser) -> None:
    page = upload(
        owner, ("good.jpg", fresh()), ("notes.txt", b"hello"), ("empty.jpg", b""), ("also good.jpg", fresh())
    )
    assert page.status == 200
    assert "notes.txt : this is no picture of a kind that can be shown here" in page.words
    assert "empty.jpg : the file is empty." in page.words
    assert "good.jpg : added." in page.words
    assert [
        one["filename"] for one in json.loads(owner.get("/api/v1/pictures?limit=2").body)["pictures"]
    ] == [
        "also good.jpg",
        "good.jpg",
    ]


@pytest.mark.parametrize(
    ("name", "content", "status", "words"),
    [
        ("page.jpg", b"<!doctype html><script>alert(1)</script>" * 9, 415, "this is no picture"),
        ("shell.gif", b"<?php system($_GET[0]);", 415, "this is no picture"),
        (
            "drawing.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
            415,
            "this is no picture",
        ),
        ("paper.pdf", b"%PDF-1.7" + bytes(500), 415, "this is no picture"),
        ("three.jpg", b"\xff\xd8\xff", 400, "three.jpg"),
        ("cut.jpg", jpeg(400, 300)[:900], 400, "cut.jpg"),
        ("random.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, 400, "random.png"),
        ("empty.png", b"", 400, "the file is empty"),
    ],
)
def test_refusals_name_the_file_and_the_reason(
    owner: Browser, name: str, content: bytes, status: int, words: str
) -> None:
    before = newest(owner)
    page = upload(owner, (name, content), description="kept draft")
    assert page.status in {400, 415}
    assert status in (page.status, 400)
    assert words in page.words
    assert name in page.words
    assert "kept draft" in page.text
    assert newest(owner) == before


def test_a_wrong_extension_is_no_matter(owner: Browser) -> None:
    upload(owner, ("really a gif.jpg", animated_gif(40, 30, 3) + b"%d" % next(_seed)))
    picture = json.loads(owner.get("/api/v1/pictures?limit=1").body)["pictures"][0]
    assert picture["format"] == "gif"
    assert 'download="really a gif.jpg.gif"' in owner.get(picture["page"]).text


@pytest.mark.parametrize("files", [[], [("image", "", b"")], [("other", "x.jpg", b"x")]])
def test_nothing_chosen_is_said(owner: Browser, files: list[tuple[str, str, bytes]]) -> None:
    page = owner.post("/upload/", {"description": "x"}, files)
    assert page.status == 400
    assert "No picture was chosen" in page.words


def test_too_many_at_once_are_refused_before_any_is_sent(owner: Browser) -> None:
    before = newest(owner)
    page = upload(owner, *((f"{n}.jpg", fresh()) for n in range(21)))
    assert page.status == 400
    assert "21 files are too many at once; choose up to 20" in page.words
    assert newest(owner) == before


def test_visitors_are_sent_to_sign_in_before_their_bytes_are_read(service: Service) -> None:
    visitor = Browser(service.url)
    assert visitor.get("/upload/").url.endswith("/sign-in?next=/upload/")
    assert upload(visitor, ("x.jpg", fresh())).status == 401


def test_a_browser_that_goes_halfway_leaves_nothing(owner: Browser, service: Service) -> None:
    before = newest(owner)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in owner.jar)
    boundary = "x" * 20
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{owner.token()}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="half.jpg"\r\n\r\n'
    ).encode()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    connection.putrequest("POST", "/upload/")
    for name, value in {
        "Cookie": cookies,
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": "5000000",
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(head + jpeg(900, 700))
    connection.close()
    assert newest(owner) == before
    assert [path for path in (service.data / "spool").rglob("*") if path.is_file()] == []


def test_delete_undo_restore_and_empty_trash(owner: Browser, service: Service) -> None:
    upload(owner, ("short life.jpg", fresh()))
    identity = newest(owner)
    address = json.loads(owner.get(f"/api/v1/pictures/{identity}").body)["picture"]["url"]
    gone = owner.post(f"/gallery/{identity}/delete")
    assert "“short life” is in the trash." in gone.words
    [undo] = re.findall(r'action="([^"]+)" data-undo', gone.text)
    assert Browser(service.url).get(f"/gallery/{identity}").status == 404
    assert "“short life” is back in the gallery." in owner.post(undo).words
    assert newest(owner) == identity
    owner.post(f"/gallery/{identity}/delete")
    assert "short life" in owner.get("/trash/").words
    assert owner.post("/trash/empty").status == 400
    assert "deleted for good" in owner.post("/trash/empty", {"confirm": "yes"}).words
    assert "The trash is empty" in owner.get("/trash/").words
    assert owner.post(undo).status == 404
    assert owner.get(address).status == 404
