"""Pictures in from a folder and from zips, and out again: each once, whenever it is stopped, with all that is said."""

import io
import json
import random
import re
import subprocess
import urllib.request
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.faults.uploads import unique_jpeg
from tests.service import COMMAND, Service, wait_until
from tests.services import Services
from tests.transfer.test_told import TIMED, XMP

COUNTS = re.compile(r"taken (\d+), skipped (\d+), failed (\d+)\Z")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder as people have them."""
    folder = tmp_path / "library"
    (folder / "2024" / "Sommer am Meer").mkdir(parents=True)
    number = random.randrange(10**6)
    for index, name in enumerate(["a.jpg", "2024/b.jpg", "2024/Sommer am Meer/ภูเก็ต.jpg"]):
        (folder / name).write_bytes(unique_jpeg(number + index, (64, 48)))
    (folder / "2024" / "twin.jpg").write_bytes((folder / "2024" / "b.jpg").read_bytes())
    (folder / "a.jpg.xmp").write_text(XMP)
    (folder / "notes.txt").write_text("no picture")
    (folder / "link.jpg").symlink_to(folder / "a.jpg")
    return folder


def counts(words: str) -> tuple[int, ...]:
    """What the last line says."""
    found = COUNTS.search(words.rstrip("\n"))
    assert found, words
    return tuple(map(int, found.groups()))


def listed(service: Service) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{service.url}/api/v1/pictures") as answer:
        pictures: list[dict[str, Any]] = json.load(answer)["pictures"]
    return pictures


def state_of(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((str(path), path.lstat().st_mtime_ns, path.lstat().st_size) for path in folder.rglob("*"))


def test_a_folder_is_taken_once_with_what_is_said_about_it(running: Service, library: Path) -> None:
    before, known = state_of(library), [picture["id"] for picture in listed(running)]
    assert counts(running.run("import", "folder", str(library), "--dry-run")) == (3, 3, 0)
    assert [picture["id"] for picture in listed(running)] == known
    assert counts(running.run("import", "folder", str(library))) == (3, 3, 0)
    assert counts(running.run("import", "folder", str(library))) == (0, 6, 0)
    assert state_of(library) == before
    new = {picture["filename"]: picture for picture in listed(running) if picture["id"] not in known}
    assert new["a.jpg"]["description"] == "Der Hafen & das Meer"
    assert new["a.jpg"]["tags"] == ["sea", "New York"]
    assert new["ภูเก็ต.jpg"]["width"] == 64
    reports = sorted((running.data / "imports").glob("2???????-??????.jsonl"))  # jobs of pages have ids
    lines = [json.loads(line) for line in reports[-1].read_text().splitlines()]
    why = {line["path"]: line.get("why", "") for line in lines}
    assert why["link.jpg"] == "a symbolic link"
    assert why["notes.txt"].startswith("no picture")
    assert (
        "2024/" in why["2024/twin.jpg"] or "2024/" in why["2024/b.jpg"] or "already" in why["2024/twin.jpg"]
    )


def test_pictures_come_in_the_order_in_which_people_count(running: Service, tmp_path: Path) -> None:
    number, names = random.randrange(10**6), [f"counted-{each}.jpg" for each in (1, 2, 9, 10, 11, 100)]
    for index, name in enumerate(reversed(names)):  # the first is the largest, and its upload the longest
        size = (64, 48) if index else (2000, 1500)
        (tmp_path / name).write_bytes(unique_jpeg(number + index, size))
    (tmp_path / names[-1]).replace(tmp_path / "x")
    (tmp_path / names[0]).replace(tmp_path / names[-1])
    (tmp_path / "x").replace(tmp_path / names[0])
    assert counts(running.run("import", "folder", str(tmp_path))) == (len(names), 0, 0)
    newest_first = [each["filename"] for each in listed(running)][: len(names)]
    assert newest_first == names[::-1]


def failing(running: Service, *args: str) -> subprocess.CompletedProcess[str]:
    """A command that ends with what it could not do."""
    done = subprocess.run(
        [*COMMAND, *args, "--data", str(running.data)],
        capture_output=True,
        text=True,
        check=False,
        env=running._env(),
    )
    assert done.returncode == 1
    return done


def test_unreadable_and_damaged_files_are_told_and_the_rest_is_taken(running: Service, library: Path) -> None:
    (library / "broken.jpg").write_bytes(unique_jpeg(5)[:200])
    done = failing(running, "import", "folder", str(library))
    assert counts(done.stdout)[0::2] == (3, 1)
    assert "broken.jpg: " in done.stderr


def test_takeout_is_read_from_its_zips(running: Service, tmp_path: Path) -> None:
    first = random.randrange(10**7, 10**8)
    album = "Takeout/Google Photos/Sea"
    zips = [str(tmp_path / "takeout-001.zip"), str(tmp_path / "takeout-002.zip")]
    with zipfile.ZipFile(zips[0], "w") as one, zipfile.ZipFile(zips[1], "w") as two:
        one.writestr(f"{album}/takeout-one.jpg", unique_jpeg(first, (64, 48)))
        two.writestr(
            f"{album}/takeout-one.jpg.supplemental-metad.json",
            json.dumps({"description": "From far away", "photoTakenTime": {"timestamp": "1720951872"}}),
        )
        two.writestr(f"{album}/takeout-two(1).jpg", unique_jpeg(first + 1, (64, 48)))
        one.writestr(f"{album}/takeout-two.jpg(1).json", json.dumps({"description": "The second"}))
        one.writestr(
            f"{album}/metadata.json", json.dumps({"title": "By the s&#101;a", "description": "With salt"})
        )
        one.writestr("Takeout/Google Photos/Bin/again.jpg", unique_jpeg(first, (64, 48)))
        one.writestr("Takeout/Google Photos/Bin/again.jpg.json", json.dumps({"trashed": True}))
        one.writestr("../../evil.jpg", unique_jpeg(first + 2, (64, 48)))
        one.writestr(f"{album}/movie.mp4", b"\0\0\0\x18ftypmp42")
    done = failing(running, "import", "takeout", *zips)
    assert counts(done.stdout) == (2, 2, 1), "in the trash there, it is no twin of the one that is not"
    assert "evil.jpg: its path leads out of the zip" in done.stderr
    told = {picture["filename"]: picture["description"] for picture in listed(running)}
    assert told["takeout-one.jpg"] == "From far away"
    assert told["takeout-two(1).jpg"] == "The second"
    assert "evil.jpg" not in told
    times = {picture["filename"]: picture["taken_at"] for picture in listed(running)}
    assert times["takeout-one.jpg"] == "2024-07-14T10:11:12+00:00"
    with urllib.request.urlopen(f"{running.url}/api/v1/albums") as answer:
        albums = {each["title"]: each for each in json.load(answer)["albums"]}
    assert albums["By the sea"]["description"] == "With salt"
    hung = {
        name
        for picture in listed(running)
        if albums["By the sea"]["id"] in picture["albums"]
        for name in [picture["filename"]]
    }
    assert hung == {"takeout-one.jpg", "takeout-two(1).jpg"}


def about(folder: Path) -> dict[str, Any]:
    """What an export tells, without ids, and with files called as they were uploaded."""
    told = json.loads((folder / "gallery.json").read_text())
    names = {each["file"]: each["filename"] for each in told["pictures"]}
    titles = {each["id"]: each["title"] for each in told["albums"]} | {"": ""}
    for each in told["pictures"]:
        del each["id"], each["file"], each["created_at"]
    for each in told["albums"]:
        each |= {"id": "", "parent": titles[each["parent"]], "cover": names.get(each["cover"], "")}
        each["pictures"] = [names[file] for file in each["pictures"]]
    told["pictures"].sort(key=lambda each: (each["filename"], json.dumps(each, sort_keys=True)))
    told["stacks"] = [[names[file] for file in each] for each in told["stacks"]]
    told["albums"].sort(key=lambda each: (each["parent"], each["title"]))
    return told  # type: ignore[no-any-return]


def change(service: Service, path: str, fields: dict[str, Any], method: str = "PATCH") -> Any:
    token = service.run("token", "add", f"t{random.random()}", "--scope", "write").split()[-1]
    body = json.dumps(fields).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urllib.request.urlopen(
        urllib.request.Request(f"{service.url}/api/v1/{path}", body, headers, method=method)
    ) as answer:
        return json.load(answer)


def test_what_goes_out_makes_the_same_gallery_again(
    running: Service, services: Services, library: Path, tmp_path: Path
) -> None:
    for name in ("b.xmp", "twin.xmp"):  # of two with the same bytes, either may be the first
        (library / "2024" / name).write_text(TIMED)
    (library / "2024" / "Sommer am Meer" / "again.jpg").write_bytes((library / "a.jpg").read_bytes())
    running.run("import", "folder", str(library), "--albums")
    b = next(each["id"] for each in listed(running) if each["filename"] in ("b.jpg", "twin.jpg"))
    turned = {"edit": "a_90", "focus": {"x": 0.25, "y": 0.1}}
    change(running, f"pictures/{b}", {**turned, "visibility": "private"})
    search = {"title": "Sommer", "q": "sommer -seal", "visibility": "unlisted"}
    change(running, "albums", search, "POST")
    a = next(each["id"] for each in listed(running) if each["filename"] == "a.jpg")
    stack = change(running, "stacks", {"pictures": [a, b], "cover": b}, "POST")["stack"]["id"]
    out, again = tmp_path / "out", tmp_path / "again"
    assert "failed 0" in running.run("export", "folder", str(out))
    pictures = (path for path in out.iterdir() if path.suffix not in (".xmp", ".json"))
    written = {path: path.stat().st_mtime_ns for path in pictures}
    running.run("export", "folder", str(out))
    assert all(path.stat().st_mtime_ns == at for path, at in written.items())
    assert not list(out.glob("*.part"))
    told = about(out)
    albums = {each["title"]: each for each in told["albums"]}
    assert albums["Sommer am Meer"]["parent"] == "2024"
    assert len(albums["Sommer am Meer"]["pictures"]) == 2, "the same bytes hang wherever they lie"
    saved = albums["Sommer"]
    assert (saved["q"], saved["visibility"], saved["pictures"]) == ("sommer -seal", "unlisted", [])
    picture = next(each for each in told["pictures"] if each["edit"])
    assert (picture["edit"], picture["taken_at"]) == ("a_90", "2024-07-14T10:11:12+02:00")
    assert picture["focus"] == "0.1,0.75", "of the picture as it was uploaded"
    assert picture["visibility"] == "private"
    packets = [path.read_text() for path in out.glob("*.xmp")]
    assert any("2024-07-14T10:11:12+02:00</exif:DateTimeOriginal>" in each for each in packets)
    assert any("<mwg-coll:CollectionName>Sommer am Meer<" in each for each in packets)
    with services.program() as second:
        assert counts(second.run("import", "folder", str(out))) == (len(written), 0, 0)
        second.run("export", "folder", str(again))
        assert about(again) == told
        second.run("import", "folder", str(out))
        second.run("export", "folder", str(again))
        assert about(again) == told, "an import that is run again makes nothing twice"
        assert counts(second.run("import", "folder", str(out))) == (0, len(written), 0)
    assert [sorted(each) for each in told["stacks"]] == [sorted([picture["filename"], "a.jpg"])]
    assert told["stacks"][0][0] == picture["filename"]
    change(running, f"stacks/{stack}", {}, "DELETE")


def test_two_albums_of_one_title_stay_two_however_often_they_come(services: Services, tmp_path: Path) -> None:
    """Beside each other and in each other, each with its own pictures."""
    out, number = tmp_path / "out", random.randrange(10**9)
    out.mkdir()
    for index in range(3):
        (out / f"{index}.jpg").write_bytes(unique_jpeg(number + index, (64, 48)))
    albums = [
        {"id": "a1", "parent": "", "title": "Sea", "description": "older", "pictures": ["0.jpg"]},
        {"id": "a2", "parent": "", "title": "Sea", "description": "younger", "pictures": ["1.jpg"]},
        {"id": "a3", "parent": "a2", "title": "Sea", "description": "inner", "pictures": ["2.jpg"]},
    ]
    ids = [f"{0x5C000000 - index:x}{index:016}" for index in range(3)]  # the first is the newest
    pictures = [{"file": f"{at}.jpg", "filename": f"{at}.jpg", "id": each} for at, each in enumerate(ids)]
    with services.program() as service:
        for told in (albums, [albums[1], albums[0], albums[2]]):
            (out / "gallery.json").write_text(json.dumps({"pictures": pictures, "albums": told}))
            service.run("import", "folder", str(out))
            service.run("export", "folder", str(tmp_path / "again"))
            found = json.loads((tmp_path / "again" / "gallery.json").read_text())
            names = {each["file"]: each["filename"] for each in found["pictures"]}
            said = {each["id"]: each["description"] for each in found["albums"]} | {"": ""}
            assert sorted(
                (each["description"], said[each["parent"]], [names[file] for file in each["pictures"]])
                for each in found["albums"]
            ) == [("inner", "younger", ["2.jpg"]), ("older", "", ["0.jpg"]), ("younger", "", ["1.jpg"])]
        assert [names[each["file"]] for each in found["pictures"]] == ["0.jpg", "1.jpg", "2.jpg"], (
            "as they came there"
        )
        assert {each["created_at"][:7] for each in found["pictures"]} == {"2018-11"}
        assert not {each["id"] for each in found["pictures"]} & set(ids)


def test_an_album_goes_out_as_it_is_shown_and_a_search_into_a_pipe(running: Service, tmp_path: Path) -> None:
    number = random.randrange(10**8, 10**9)
    voyage, out = tmp_path / "in" / f"voyage{number}", tmp_path / "out"
    (voyage / "inner").mkdir(parents=True)
    for index, name in enumerate(["a.jpg", "b.jpg", f"inner/c{number}.jpg", f"../d{number}.jpg"]):
        (voyage / name).write_bytes(unique_jpeg(number + index, (64, 48)))
    (voyage / f"inner/c{number}.jpg.xmp").write_text(XMP)
    running.run("import", "folder", str(tmp_path / "in"), "--albums")
    ids = {each["filename"]: each["id"] for each in listed(running)}
    change(running, f"pictures/{ids[f'c{number}.jpg']}", {"edit": "a_90", "focus": {"x": 0.25, "y": 0.1}})

    said = running.run("export", "folder", str(out), "--album", f"/albums/voyage{number}", "--edited")
    assert said.endswith("written 3, failed 0\n")
    told = about(out)
    assert [(each["title"], each["parent"]) for each in told["albums"]] == [
        (f"voyage{number}", ""),
        ("inner", f"voyage{number}"),
    ]
    shown = {each["filename"]: (each["edit"], each["width"], each["height"]) for each in told["pictures"]}
    assert shown == {"a.jpg": ("", 64, 48), "b.jpg": ("", 64, 48), f"c{number}.jpg": ("", 48, 64)}
    assert {each["focus"] for each in told["pictures"]} == {"", "0.25,0.1"}, "of the file that goes out"
    sizes = {path.name[:1]: Image.open(path).size for path in out.glob("*.jpg")}
    assert sizes == {"a": (64, 48), "b": (64, 48), "c": (48, 64)}

    piped = subprocess.run(
        [*COMMAND, "export", "zip", "-", "--search", f"c{number}", "--data", str(running.data)],
        capture_output=True,
        check=True,
        env=running._env(),
    )
    assert piped.stderr.endswith(b"written 1, failed 0\n")
    with zipfile.ZipFile(io.BytesIO(piped.stdout)) as archive:
        assert archive.testzip() is None
        (name,) = (each for each in archive.namelist() if each.endswith(".jpg"))
        assert sorted(archive.namelist()) == sorted([name, f"{name}.xmp", "gallery.json"])
        assert archive.read(name) == (voyage / f"inner/c{number}.jpg").read_bytes(), "not the original"
        assert b"Der Hafen &amp; das Meer" in archive.read(f"{name}.xmp")
        assert json.loads(archive.read("gallery.json"))["albums"] == []


def test_a_folder_that_is_not_there_is_told_and_makes_no_gallery(running: Service, tmp_path: Path) -> None:
    for arguments in (
        ["import", "folder", str(tmp_path / "nowhere"), "--data", str(running.data)],
        ["import", "folder", str(tmp_path), "--data", str(tmp_path / "typo")],
    ):
        done = subprocess.run(
            [*COMMAND, *arguments], capture_output=True, text=True, check=False, env=running._env()
        )
        assert done.returncode != 0
        assert "nowhere" in done.stderr or "typo" in done.stderr
    assert not (tmp_path / "typo").exists()


def test_jpegs_are_handed_over_and_looked_at_afterwards(running: Service, tmp_path: Path) -> None:
    number = random.randrange(10**6)
    names = {f"looked-{number}-{each}.jpg" for each in range(20)}
    for index, name in enumerate(sorted(names)):
        (tmp_path / name).write_bytes(unique_jpeg(number + index, (64, 48)))
    spool = running.data / "spool"
    before = set(spool.iterdir())  # what was killed on its way lies there for a while
    assert counts(running.run("import", "folder", str(tmp_path))) == (20, 0, 0)

    def looks() -> list[str]:
        mine = [each for each in listed(running) if each["filename"] in names]
        return [each["filename"] for each in mine if each["thumbhash"] and each["color"]]

    wait_until(lambda: len(looks()) == 20)
    wait_until(lambda: not [each for each in spool.iterdir() if each.is_file() and each not in before])


def test_twins_within_one_batch_are_one_picture(running: Service, tmp_path: Path) -> None:
    content = unique_jpeg(random.randrange(10**6), (64, 48))
    for name in range(12):
        (tmp_path / f"twin-{name}.jpg").write_bytes(content)
    assert counts(running.run("import", "folder", str(tmp_path))) == (1, 11, 0)


def test_kills_lose_and_double_nothing(running: Service, tmp_path: Path) -> None:
    """The last of this file: what is exported before takes the longer, the more there is."""
    folder, chance = tmp_path / "many", random.Random(3)
    folder.mkdir()
    first = random.randrange(10**6, 10**7)
    for number in range(40):
        (folder / f"killed-{number:03}.jpg").write_bytes(unique_jpeg(first + number, (64, 48)))
    command = [*COMMAND, "import", "folder", str(folder), "--data", str(running.data)]
    for _ in range(4):
        process = subprocess.Popen(
            command, env=running._env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(1.0, 3.0))
        process.kill()
        process.wait()
    taken, skipped, failed = counts(running.run("import", "folder", str(folder)))
    assert (taken + skipped, failed) == (40, 0)
    names = [picture["filename"] for picture in listed(running)]
    assert sorted(name for name in names if name.startswith("killed-")) == sorted(
        path.name for path in folder.iterdir()
    )
    assert counts(running.run("import", "folder", str(folder))) == (0, 40, 0)
