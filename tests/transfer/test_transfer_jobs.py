"""Imports and exports from a page: without a script, with progress, whole after kills, and nobody else's."""

import io
import json
import os
import random
import re
import signal
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from bench.parts.processes import command, tree
from picturerail import nofollow
from picturerail.gallery.transfer.export_target import PartsTarget
from tests.faults.uploads import unique_jpeg
from tests.gallery.browser import Browser
from tests.service import Service, wait_until
from tests.transfer.test_told import XMP
from tests.transfer.test_transfer import listed

PASSWORD = "a password for transfers"
WORKER = "picturerail.gallery.transfer"


@pytest.fixture(scope="module")
def allowed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the owner of the server has named."""
    return tmp_path_factory.mktemp("allowed")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, allowed: Path) -> Iterator[Service]:
    env = {"PICTURERAIL_IMPORT_FOLDERS": str(allowed), "PICTURERAIL_SIZES_AFTER_UPLOAD": "false"}
    with Service(tmp_path_factory.mktemp("jobs") / "data", env=env) as service:
        service.add_user("owner@example.com", "owner", PASSWORD)
        service.add_user("ภูเก็ต@example.com", "contributor", PASSWORD)
        yield service


@pytest.fixture
def owner(site: Service) -> Browser:
    return signed_in(site, "owner@example.com")


def signed_in(site: Service, email: str) -> Browser:
    browser = Browser(site.url)
    browser.sign_in(email, PASSWORD)
    return browser


def fill(folder: Path, count: int, name: str = "job") -> list[str]:
    """Pictures of one size; their names."""
    folder.mkdir(parents=True, exist_ok=True)
    first = random.randrange(10**9, 10**10)
    for number in range(count):
        (folder / f"{name}-{number:03}.jpg").write_bytes(unique_jpeg(first + number, (64, 48)))
    return sorted(path.name for path in folder.iterdir())


def ended(browser: Browser, words: str, seconds: float = 90) -> str:
    """The words of the page, as soon as they say what fits this pattern."""
    deadline = time.monotonic() + seconds
    while not re.search(words, shown := browser.get("/transfers/").words):
        assert time.monotonic() < deadline, shown
        time.sleep(0.1)
    return shown


def links(browser: Browser) -> list[str]:
    """The addresses of the zips on the page, those of the newest first."""
    text = browser.get("/transfers/").text
    return [part.split('"')[0] for part in text.split('href="') if part.split('"')[0].endswith(".zip")]


def unpacked(browser: Browser, address: str) -> zipfile.ZipFile:
    answer = browser.get(address)
    assert answer.status == 200, answer.text
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    archive = zipfile.ZipFile(io.BytesIO(answer.body))
    assert archive.testzip() is None
    return archive


def test_a_folder_comes_in_and_goes_out_again_on_pages(site: Service, owner: Browser, allowed: Path) -> None:
    names = fill(allowed / "ภูเก็ต 2024", 3)
    (allowed / "ภูเก็ต 2024" / f"{names[0]}.xmp").write_text(XMP)
    (allowed / "ภูเก็ต 2024" / "broken.jpg").write_bytes(unique_jpeg(7)[:300])
    odd = [os.fsdecode(name) for name in (b"caf\xe9.jpg", b"th\xe9.jpg")]  # as an old disk has them
    (allowed / "ภูเก็ต 2024" / odd[0]).write_bytes(unique_jpeg(random.randrange(10**9), (64, 48)))
    (allowed / "ภูเก็ต 2024" / odd[1]).write_bytes(unique_jpeg(7)[:310])
    form = {"folder": str(allowed), "inner": " /ภูเก็ต 2024/ ", "albums": "yes"}
    assert owner.post("/transfers/import", form).status == 200
    words = ended(owner, "4 taken, 2 failed")
    assert "broken.jpg: " in words
    assert "th\\udce9.jpg: " in words
    assert "café.jpg" in {each["filename"] for each in listed(site)}
    assert set(names) <= {each["filename"] for each in listed(site)}
    report = owner.get(owner.get("/transfers/").text.split('/report"')[0].rpartition('href="')[2] + "/report")
    assert {json.loads(line)["path"] for line in report.text.splitlines()} == {*names, *odd, "broken.jpg"}

    owner.post("/transfers/export", {"of": "search", "q": "Hafen", "files": "originals"})
    ended(owner, "1 written")
    archive = unpacked(owner, links(owner)[0])
    (picture,) = (name for name in archive.namelist() if name.endswith(".jpg"))
    assert archive.read(picture) == (allowed / "ภูเก็ต 2024" / names[0]).read_bytes()
    assert "Der Hafen &amp; das Meer" in archive.read(f"{picture}.xmp").decode()
    assert len(json.loads(archive.read("gallery.json"))["pictures"]) == 1

    address = links(owner)[0]
    owner.post(address.rpartition("/")[0] + "/stop")
    assert owner.get(address).status == 404
    assert not (site.data / "exports" / address.split("/")[2]).exists()


def test_what_is_not_allowed_is_refused_with_a_sentence(
    site: Service, owner: Browser, allowed: Path, tmp_path: Path
) -> None:
    fill(tmp_path / "outside", 1)
    (allowed / "link").symlink_to(tmp_path / "outside")
    (allowed / "deep").mkdir(exist_ok=True)
    (allowed / "deep" / "link").symlink_to(tmp_path)
    for folder, inner in (
        (str(tmp_path), ""),
        (str(allowed), "../"),
        (str(allowed), "link"),
        (str(allowed), "deep/link/outside"),
        (str(allowed), "nowhere"),
    ):
        page = owner.post("/transfers/import", {"folder": folder, "inner": inner})
        assert (page.status, 'role="alert"' in page.text) == (400, True), (folder, inner)
    page = owner.post("/transfers/export", {"of": "search", "q": "nothinghasthisword", "files": "originals"})
    assert (page.status, "Nothing is found" in page.words) == (400, True)
    contributor = signed_in(site, "ภูเก็ต@example.com")
    assert contributor.post("/transfers/import", {"folder": str(allowed), "inner": ""}).status == 403


def test_nobody_gets_the_originals_of_others(site: Service, owner: Browser, allowed: Path) -> None:
    fill(allowed / "private", 1)
    owner.post("/transfers/import", {"folder": str(allowed), "inner": "private"})
    ended(owner, "1 taken")
    owner.post("/transfers/export", {"of": "all", "files": "originals"})
    ended(owner, "Export of all pictures")
    wait_until(lambda: bool(links(owner)))
    contributor = signed_in(site, "ภูเก็ต@example.com")
    site.add_user("editor@example.com", "editor", PASSWORD)
    editor = signed_in(site, "editor@example.com")
    editor.post("/transfers/export", {"of": "all", "files": "originals"})
    wait_until(lambda: bool(links(editor)))
    assert editor.get(links(editor)[0]).status == 200
    site.run("user", "role", "editor@example.com", "contributor")
    editor.sign_in("editor@example.com", PASSWORD)
    assert editor.get(links(editor)[0]).status == 404, "what was taken from somebody is gone at once"
    for _ in range(2):
        editor.post("/transfers/export", {"of": "all", "files": "originals"})
        ended(editor, "There was nothing to do")
    assert contributor.get(links(owner)[0]).status == 404
    assert (
        "3 exports of yours lie ready"
        in editor.post("/transfers/export", {"of": "all", "files": "edited"}).words
    )
    assert "You have asked for nothing yet" in contributor.get("/transfers/").words
    name, content = "sent.jpg", unique_jpeg(random.randrange(10**9), (64, 48))
    contributor.post("/upload/", {}, [("image", name, content)])
    contributor.post("/transfers/export", {"of": "all", "files": "originals"})
    ended(contributor, "written")
    archive = unpacked(contributor, links(contributor)[0])
    assert [archive.read(each) for each in archive.namelist() if each.endswith(".jpg")] == [content]


def test_kills_lose_and_double_nothing(site: Service, owner: Browser, allowed: Path) -> None:
    names = fill(allowed / "killed", 40, f"k{random.randrange(10**6)}")
    owner.post("/transfers/import", {"folder": str(allowed), "inner": "killed"})
    owner.post("/transfers/import", {"folder": str(allowed), "inner": "killed"})  # a second click
    for _ in range(3):
        kill_next(site, owner, random.uniform(0.3, 1.2), "40 taken")
    words = ended(owner, "40 taken", 150)  # those, too, of which a killed process could not tell any more
    assert words.count(f"Import of {allowed}/killed") == 1, "the second click began another one"
    assert sorted(each["filename"] for each in listed(site) if each["filename"] in names) == names
    owner.post("/transfers/export", {"of": "search", "q": names[0].partition("-")[0], "files": "originals"})
    kill_next(site, owner, 0.5, "40 written")
    ended(owner, "40 written", 150)
    archive = unpacked(owner, links(owner)[0])
    found = {archive.read(each) for each in archive.namelist() if each.endswith(".jpg")}
    assert found == {(allowed / "killed" / name).read_bytes() for name in names}
    assert len(archive.namelist()) == 81


def kill_next(site: Service, browser: Browser, after: float, over: str) -> None:
    """Kill the process of a transfer, some time after it was started; one that was faster may have ended.

    When the page says that all is `over`, no other one comes.
    """
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and not re.search(over, browser.get("/transfers/").words):
        if found := processes_of(site):
            time.sleep(after)
            for pid in found:
                os.kill(pid, signal.SIGKILL) if pid in processes_of(site) else None
            return
        time.sleep(0.1)


def processes_of(site: Service) -> list[int]:
    assert site.process is not None
    return [pid for pid in tree(site.process.pid) if f"{WORKER} " in command(pid) + " "]


def test_a_link_that_comes_meanwhile_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret").write_text("secret")
    with nofollow.OpenedFolder(tmp_path, PurePosixPath("in")) as held:
        (tmp_path / "in").rename(tmp_path / "was")
        (tmp_path / "in").symlink_to(tmp_path / "out")
        assert nofollow.listed(held.path, PurePosixPath()) == []
    for path in ("in/secret", "was/../out/secret", "/etc/passwd"):
        with (
            pytest.raises(OSError, match=r"links|lie|Not a dir"),
            nofollow.opened_file(tmp_path, PurePosixPath(path)),
        ):
            pass


def test_a_large_export_is_several_zips_and_resumed_in_the_same(tmp_path: Path) -> None:
    def write(target: PartsTarget, name: str) -> None:
        if not target.holds(name, 600):
            target.scratch(name).write_bytes(b"x" * 600)
            target.keep(name, target.scratch(name), None)
        target.scratch(f"{name}.xmp").write_bytes(b"told")
        target.keep(f"{name}.xmp", target.scratch(f"{name}.xmp"), None)

    for _ in range(2):
        target = PartsTarget(tmp_path, 1000)
        for name in ("a", "b", "c"):
            write(target, name)
        assert [sorted(each.name for each in part.iterdir()) for part in target.parts] == [
            ["a", "a.xmp", "b", "b.xmp"],
            ["c", "c.xmp"],
        ]
