"""Folders and exports with names and words that programs stumble over: nothing stops an import, nothing is lost."""

import json
import os
import random
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import cast
from unittest.mock import Mock
from xml.etree import ElementTree as ET

import pytest
from bson import ObjectId
from PIL import Image

from picturerail import transfer
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.pictures.model import Picture, id_like, moment_of, new_id
from picturerail.gallery.policy import Person
from picturerail.gallery.transfer.handover_batch import StagedFile
from picturerail.gallery.transfer.import_result import ImportOutcome, ImportResult
from picturerail.gallery.transfer.importer import Import
from picturerail.gallery.transfer.source import FolderSource, SourceFile, SteadyFile, stamp_of
from picturerail.gallery.transfer.told import Told
from picturerail.gallery.transfer.transfer_run import Resumed
from picturerail.settings import load
from tests.faults.uploads import unique_jpeg
from tests.service import COMMAND, Service
from tests.services import Services
from tests.transfer.test_told import jpeg
from tests.transfer.test_transfer import about, change, counts, listed

NAMES = [
    "CON.jpg",
    "aux.jpg",
    "dot..jpg",
    "A.JPG",
    "a.jpg",
    unicodedata.normalize("NFC", "é.jpg"),
    unicodedata.normalize("NFD", "é.jpg"),
    "ภ" * 80 + ".jpg",
    "👨‍👩‍👧 \u202egpj.jpg",
    "שלום.jpg",
    "line\u2028end.jpg",
    "tab\tnew\nline.jpg",
    "<&>'\".jpg",
]

RATED = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="3"/></rdf:RDF>"""


def run(service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *arguments, "--data", str(service.data)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=service._env())


def test_no_name_and_no_word_of_a_folder_stops_its_import(running: Service, tmp_path: Path) -> None:
    folder, number = tmp_path / "odd", random.randrange(10**8)
    folder.mkdir()
    for index, name in enumerate(NAMES):
        (folder / name).write_bytes(unique_jpeg(number + index, (64, 48)))
    latin = os.fsencode(folder) + b"/caf\xe9.jpg"
    Path(os.fsdecode(latin)).write_bytes(unique_jpeg(number + 50, (64, 48)))
    (folder / os.fsdecode(b"alb\xfcm")).mkdir()
    (folder / os.fsdecode(b"alb\xfcm") / "x.jpg").write_bytes(unique_jpeg(number + 51, (64, 48)))
    Image.new("RGB", (64, 48), tuple(number.to_bytes(4)[1:])).save(folder / "sent.png")  # not handed over
    (folder / "empty.jpg").touch()
    (folder / "loop").symlink_to(folder)
    (folder / "round.jpg").symlink_to(folder / "round.jpg")
    os.mkfifo(folder / "pipe.jpg")
    said = {"description": "half an emoji \ud83d, a bell \x07, two\x0blines \ufffe", "title": "x \ud83d"}
    (folder / "CON.jpg.json").write_text(json.dumps(said))
    (folder / "aux.jpg.json").write_text("[" * 100_000)
    (folder / "a.jpg.xmp").write_bytes(b"\xff\xfe<\0x\0")
    (folder / "metadata.json").write_text(json.dumps(said))
    dry = run(running, "import", "folder", str(folder), "--albums", "--dry-run")
    assert counts(dry.stdout) == (len(NAMES) + 3, 4, 0), dry.stderr
    done = run(running, "import", "folder", str(folder), "--albums")
    assert counts(done.stdout) == (len(NAMES) + 3, 4, 0), done.stderr
    new = {each["filename"]: each for each in listed(running)}
    assert new["CON.jpg"]["description"] == "half an emoji , a bell , two\nlines \ufffe"
    assert {"café.jpg", "A.JPG", "a.jpg", "lineend.jpg"} <= new.keys()
    report = max((running.data / "imports").glob("*.jsonl"), key=lambda each: each.stat().st_mtime_ns)
    lines = [json.loads(line) for line in report.read_text().removesuffix("\n").split("\n")]
    assert len(lines) == len(NAMES) + 3 + 4
    assert counts(run(running, "import", "takeout", str(folder)).stdout) == (0, len(NAMES) + 3 + 4, 0)


def test_an_export_that_lay_on_a_mac_makes_the_same_gallery(
    running: Service, services: Services, tmp_path: Path
) -> None:
    """Its names come back with accents taken apart; what was taken away here stays away although the file says it."""
    number = random.randrange(10**8)
    folder, out, again = tmp_path / f"Frühling {number}", tmp_path / "out", tmp_path / "again"
    folder.mkdir()
    names = [f"é-{number}.jpg", f"CON-{number}.", f"ä\u202e-{number}.jpg"]
    for index, name in enumerate(names):
        jpeg(folder / name, described=f"Said in the file {number + index}")
    (folder / f"{names[0]}.xmp").write_text(RATED)
    running.run("import", "folder", str(tmp_path), "--albums", "--owner", "owner@example.com")
    new = {each["filename"]: each for each in listed(running)}
    first, second, third = (new[name.strip(".")] for name in names)
    words = "<b>&amp;</b> ]]> \ufffe\n\n\ttwo lines 👩‍🚀"
    for each, text in (
        (first, {"description": ""}),
        (second, {"description": words, "tags": ["a & b", "ภ"]}),
    ):
        change(running, f"pictures/{each['id']}", {**text, "updated_at": each["updated_at"]})
    change(running, f"pictures/{second['id']}", {"edit": "a_90"})
    change(running, f"pictures/{third['id']}", {"taken_at": "1899-12-31T23:59", "visibility": "unlisted"})
    change(running, f"pictures/{first['id']}", {"visibility": "private"})
    slug = unicodedata.normalize("NFC", f"fruhling-{number}")
    said = run(running, "export", "folder", str(out), "--album", slug, "--owner", "owner@example.com")
    assert said.stdout.endswith("written 3, failed 0\n"), said.stderr
    told = about(out)
    assert [each["visibility"] for each in told["pictures"]] != ["public"] * 3
    assert {"stars": "3"} in [each.get("marks") for each in told["pictures"]]
    for packet in out.glob("*.xmp"):
        ET.parse(packet)
    for path in list(out.iterdir()):
        path.rename(out / unicodedata.normalize("NFD", path.name))
    with services.program() as heir:
        heir.add_user("heir@example.com", "owner", "a password for an heir")
        whose = ("--owner", "heir@example.com")
        assert counts(heir.run("import", "folder", str(out), *whose)) == (3, 0, 0)
        heir.run("export", "folder", str(again), *whose)
    assert about(again) == told


def test_a_file_that_changes_between_its_hash_and_its_upload_is_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"1234")
    before = stamp_of(path)
    with SteadyFile(path, before) as file:
        assert file.read(2) == b"12"
        with path.open("ab") as more:
            more.write(b"5")
        with pytest.raises(OSError, match="was changed while"):
            file.read()


def test_an_id_that_is_told_gives_its_time_unless_that_is_to_come() -> None:
    told, before = str(new_id()), datetime.now(UTC)
    made = id_like(told)
    assert made is not None
    assert (str(made)[:12], moment_of(made)) == (told[:12], moment_of(ObjectId(told)))
    assert abs(moment_of(made) - before) < timedelta(seconds=1)
    assert str(made) != told
    assert id_like("f" * 24) is None
    assert id_like("no id") is None


def test_what_takeout_says_of_a_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, text = list[str](), FolderSource.text

    def noted(self: FolderSource, path: PurePosixPath) -> str:
        read.append(path.name)
        return text(self, path)

    (tmp_path / "a.jpg").touch()
    (tmp_path / "a.jpg.json").write_text('{"description": "Boats"}')
    monkeypatch.setattr(FolderSource, "text", noted)
    monkeypatch.setattr(Import, "_take_file", lambda self, path, file, _: self._told(path, file))
    source = FolderSource(tmp_path)
    [told] = Import(Mock(), source, dry=True)._begin(SourceFile(PurePosixPath("a.jpg")), new_id())
    assert cast("Told", told).description == "Boats"
    assert read == ["a.jpg.json"]


def test_what_a_killed_import_has_taken_counts_as_taken_however_old_its_id_is(tmp_path: Path) -> None:
    """As of a picture of an export of ours; what was here before the import stays passed over."""
    report, begun = tmp_path / "report", datetime.now(UTC)
    report.touch()
    resumed = Resumed.of(report, Mock(job=Mock(created_at=begun)))
    for second, outcome in ((0, ImportOutcome.TAKEN), (-1, ImportOutcome.SKIPPED)):
        picture = str(ObjectId(f"5c{new_id()!s:.22}"))
        version = int(begun.timestamp()) + second
        found = ImportResult(PurePosixPath("a.jpg"), ImportOutcome.SKIPPED, "here", picture, version=version)
        assert resumed.really(found).outcome is outcome


def test_what_came_before_its_handing_over_failed_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    entry, ours = SourceFile(PurePosixPath("a.jpg")), new_id()
    staged = StagedFile(entry, Mock(), Told(), ours)
    for there, outcome in ((ours, ImportOutcome.TAKEN), (new_id(), ImportOutcome.SKIPPED)):
        here = ImportResult(entry.path, ImportOutcome.SKIPPED, "in the gallery already", str(there))
        monkeypatch.setattr(Import, "_take", lambda *_, here=here: here)
        assert Import(Mock(), Mock())._end(staged, None).outcome is outcome


def test_a_data_folder_is_no_source_of_pictures(tmp_path: Path) -> None:
    for folder in ("photos", "data/derived"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "1.jpg").touch()
    (tmp_path / "data" / "secrets.json").touch()
    told, taken = FolderSource(tmp_path).entries()
    assert (str(told.path), told.is_lost, "data folder" in told.refusal) == ("data", False, True)
    assert (str(taken.path), taken.refusal) == ("photos/1.jpg", "")
    [alone] = FolderSource(tmp_path / "data").entries()
    assert alone.is_lost
    [inner] = FolderSource(tmp_path / "data" / "derived").entries()
    assert inner.is_lost
    (tmp_path / "link").symlink_to(tmp_path / "data" / "derived")
    [linked] = FolderSource(tmp_path / "link").entries()
    assert linked.refusal == inner.refusal


def test_a_folder_that_vanishes_is_a_failure_and_ends_nothing(tmp_path: Path) -> None:
    """Pictures may have lain in it: who is told `failed 0` throws the source away."""
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.jpg").touch()
    entries = FolderSource(tmp_path).entries()
    first = next(entries)
    shutil.rmtree(tmp_path / "b")
    found = [first, *entries]
    result = Import(cast("ActionContext", None), FolderSource(tmp_path))._take(found[1], new_id())
    assert (result.outcome, "cannot be read" in result.why) == (ImportOutcome.FAILED, True)
    assert [(str(each.path), each.is_lost) for each in found] == [
        ("a/1.jpg", False),
        ("b", True),
        ("c/1.jpg", False),
    ]


def test_an_import_that_is_stopped_says_how_far_it_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(_: Import) -> Iterator[ImportResult]:
        yield ImportResult(PurePosixPath("a.jpg"), ImportOutcome.TAKEN)
        raise KeyboardInterrupt

    monkeypatch.setattr(Import, "run", stopped)
    monkeypatch.setattr(transfer, "_acting", lambda *_: nullcontext(Mock()))
    with pytest.raises(KeyboardInterrupt):
        transfer._import(load(data=tmp_path), FolderSource(tmp_path), None, None, dry=False)
    assert capsys.readouterr().out == "taken 1, skipped 0, failed 0\n"


def test_an_import_that_is_run_again_leaves_the_stars_that_were_given_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Marks are no revision of a picture, so that it looks as it came."""
    given = list[tuple[str, str]]()
    monkeypatch.setattr(
        "picturerail.gallery.actions.pictures.mark", lambda _at, _of, *mark: given.append(mark)
    )
    anna, now = ObjectId(), datetime.now(UTC)
    at = cast("ActionContext", Mock(who=Person(anna, "anna@example.com", "editor")))
    picture = Picture(
        id="1" * 24, created_at=now, updated_at=now, marks=(f"{anna}:stars=2", "ben:favourite=yes")
    )
    told = Told(marks={"stars": "4", "favourite": "yes"})
    Import(at, Mock())._complete(PurePosixPath("a.jpg"), picture, lambda: told)
    assert given == [("favourite", "yes")]
