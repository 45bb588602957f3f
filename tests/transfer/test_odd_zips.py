"""Zips as Macs, old programs and broken downloads leave them, and sidecars in old encodings: nothing is lost unseen."""

import io
import json
import zipfile
import zlib
from pathlib import Path, PurePosixPath

import pytest

from picturerail.errors import StartupError
from picturerail.gallery.transfer import sidecar_text
from picturerail.gallery.transfer.album_titles import AlbumTitle, of_takeout
from picturerail.gallery.transfer.source import FolderSource
from picturerail.gallery.transfer.told import in_xmp
from picturerail.gallery.transfer.zip_source import ZipSource
from tests.faults.uploads import unique_jpeg
from tests.service import Service
from tests.transfer.test_odd_folders import run
from tests.transfer.test_transfer import counts

PACKET = (
    '<?xml version="1.0" encoding="{}"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt><rdf:li>{}</rdf:li></rdf:Alt></dc:description>'
    "<dc:subject><rdf:Bag><rdf:li>sea</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def packed(path: Path, members: list[tuple[str, bytes]], names: dict[bytes, bytes] | None = None) -> Path:
    """A zip; `names` puts bytes of the same length in the place of others, as old programs write them."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    raw = held.getvalue()
    for ours, theirs in (names or {}).items():
        assert len(ours) == len(theirs)
        raw = raw.replace(ours, theirs)
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    ("words", "declared", "encoding"),
    [
        ("ทะเล", "UTF-16", "utf-16"),
        ("ทะเล", "UTF-8", "utf-16"),
        ("ทะเล", "UTF-8", "utf-8-sig"),
        ("ทะเล", "UTF-8", "utf-32"),
        ("ทะเล", "windows-1252", "utf-8"),  # written anew by a program that left the declaration as it was
        ("ทะเล", "tis-620", "tis-620"),
        ("café", "ISO-8859-1", "latin-1"),
        ("Žluť", "windows-1250", "cp1250"),
        ("café", "UTF-8", "cp1252"),  # a wrong declaration
        ("café", "nothing-known", "cp1252"),
        ("café", "zlib", "cp1252"),  # a codec of Python's that is no encoding
    ],
)
def test_a_sidecar_is_read_in_the_encoding_that_it_has(
    tmp_path: Path, words: str, declared: str, encoding: str
) -> None:
    raw = PACKET.format(declared, words).encode(encoding)
    told = in_xmp(sidecar_text.decoded(raw))
    assert (told.description, told.tags) == (words, ("sea",))
    (tmp_path / "a.xmp").write_bytes(raw)
    assert in_xmp(FolderSource(tmp_path).text(PurePosixPath("a.xmp"))) == told
    source = ZipSource([packed(tmp_path / "a.zip", [("a.xmp", raw)])], tmp_path)
    assert in_xmp(source.text(PurePosixPath("a.xmp"))) == told


def test_what_is_no_text_is_none() -> None:
    for raw in (b"\x89PNG\xff", b"\xff\xfe\x00", b'{"title": "caf\xe9"}'):
        with pytest.raises(ValueError, match="decode|truncated"):
            sidecar_text.decoded(raw)
    assert in_xmp(sidecar_text.decoded(b"<\x81\x8d\x00")).description == ""


def test_names_are_read_as_who_packed_them_wrote_them(tmp_path: Path) -> None:
    thai, old = "ทะเล", b"\x82af\x82"
    about = json.dumps({"title": thai}).encode()
    first = packed(
        tmp_path / "one.zip",
        [
            ("T/" + "Y" * 12 + "/a.jpg", b"1"),
            ("T/XafX/b.jpg", b"2"),
            ("/T/c.jpg", b"3"),
            ("T/d\\e.jpg", b"4"),
        ],
        {b"Y" * 12: thai.encode(), b"XafX": old},  # a Mac's UTF-8, of which nothing is said, and CP437
    )
    second = packed(
        tmp_path / "two.zip",
        [("T\\Win\\", b""), ("T\\Win\\f.jpg", b"5"), ("T\\Win\\metadata.json", about)],
    )
    source = ZipSource([first, second], tmp_path)
    assert [str(each.path) for each in source.entries()] == [
        "T/c.jpg",
        "T/d\\e.jpg",  # a letter of the name, where other slashes lead
        "T/Win/f.jpg",
        "T/Win/metadata.json",
        "T/éafé/b.jpg",
        f"T/{thai}/a.jpg",
    ]
    with source.file(PurePosixPath(f"T/{thai}/a.jpg")) as file:
        assert file.read_bytes() == b"1"
    assert of_takeout(source, PurePosixPath("T/Win")) == (AlbumTitle(thai),)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_picture_behind_another_at_its_path_is_told_not_lost(tmp_path: Path) -> None:
    page = "T/archive_browser.html"
    first = packed(
        tmp_path / "one.zip", [("T/a.jpg", b"1"), ("T/a.jpg", b"2"), ("T/b.jpg", b"3"), (page, b"1")]
    )
    second = packed(
        tmp_path / "two.zip", [("T/b.jpg", b"4"), ("T/a.jpg", b"2"), (page, b"2"), ("../c.jpg", b"5")]
    )
    source = ZipSource([first, second], tmp_path)
    passed = {str(each.path): each.refusal for each in source.entries() if each.is_lost}
    assert passed == {
        "T/a.jpg": "one.zip has another file of this path, which was taken",
        "T/b.jpg": "one.zip has another file of this path: import two.zip by itself",
        "../c.jpg": "its path leads out of the zip",
    }
    with source.file(PurePosixPath("T/a.jpg")) as file:
        assert file.read_bytes() == b"2"  # as for those who unpack it
    with source.file(PurePosixPath("T/b.jpg")) as file:
        assert file.read_bytes() == b"3"


def test_a_zip_that_was_damaged_on_its_way_gives_what_is_whole(running: Service, tmp_path: Path) -> None:
    number = zlib.crc32(str(tmp_path).encode())
    whole, sidecar = unique_jpeg(number, (64, 48)), b'{"description": "' + b"sea " * 99 + b'"}'
    members = [
        ("T/torn.jpg", unique_jpeg(number + 1, (64, 48))),
        ("T/whole.jpg", whole),
        ("T/whole.jpg.json", sidecar),
    ]
    path = packed(tmp_path / "one.zip", members)
    raw = bytearray(path.read_bytes())
    for name in (b"T/torn.jpg", b"T/whole.jpg.json"):  # what follows is packed; no block of deflate begins so
        raw[raw.index(name) + len(name)] = 0xFF
    path.write_bytes(raw)
    done = run(running, "import", "takeout", str(path))
    assert counts(done.stdout) == (1, 0, 1), done.stderr
    assert "torn.jpg: the zip is damaged here" in done.stderr


def test_an_encrypted_member_says_what_to_do(tmp_path: Path) -> None:
    path = packed(tmp_path / "one.zip", [("torn.jpg", b"1")])
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    source = ZipSource([path], tmp_path)
    with pytest.raises(OSError, match="unpack it with its password"), source.file(PurePosixPath("torn.jpg")):
        pass
    with pytest.raises(OSError, match="encrypted"):
        source.text(PurePosixPath("torn.jpg"))


def test_a_zip_whose_names_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "one.zip", [("ทะ.jpg", b"1")], {"ทะ".encode(): b"\xff\xfe\xff\xfe\xff\xfe"})
    with pytest.raises(StartupError, match="cannot be read as a zip"):
        ZipSource([path], tmp_path)
