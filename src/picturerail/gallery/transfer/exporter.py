"""Take pictures out again in open formats: the original files, an XMP sidecar beside each, and one JSON of all."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

import urllib3

from picturerail.errors import Unavailable
from picturerail.gallery import policy
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.albums import lookup
from picturerail.gallery.albums.model import Album
from picturerail.gallery.pictures import listing, view
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.marks import marks_of
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.transfer.export_target import UNKNOWN, ExportTarget
from picturerail.gallery.transfer.gallery_json import NAME, StackedFiles, about_album, about_picture, written
from picturerail.gallery.transfer.rights import Check, for_anybody
from picturerail.gallery.transfer.told import sayable

PAGE = 200
BLOCK = 1024 * 1024
# bytes: with an id, ".xmp" and ".part" a name has room in every file system's 255
MAX_STEM, MAX_EXTENSION = 150, 16
# what some file system or bucket refuses, and what turns letters around: a name would not end as it seems to
_UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069<>:"/\\|?*]')

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:mwg-coll="http://www.metadataworkinggroup.com/schemas/collections/">
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>
   <dc:subject><rdf:Bag>{tags}</rdf:Bag></dc:subject>{taken_at}{rating}{albums}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""
TAKEN = "\n   <exif:DateTimeOriginal>{time}</exif:DateTimeOriginal>"
RATING = "\n   <xmp:Rating>{stars}</xmp:Rating>"
ALBUMS = "\n   <mwg-coll:Collections><rdf:Bag>{albums}</rdf:Bag></mwg-coll:Collections>"
ALBUM = '<rdf:li rdf:parseType="Resource"><mwg-coll:CollectionName>{title}</mwg-coll:CollectionName></rdf:li>'


@dataclass(frozen=True)
class Exported:
    """One picture, the name of its file, and why it is not there, or ""."""

    picture: Picture
    name: str
    problem: str = ""


@dataclass(frozen=True)
class ExportSelection:
    """What is to be taken out: an album with those in it, what a search finds, or with neither everything."""

    album: Album | None = None
    words: Mapping[str, Any] | None = None  # a query

    def albums(self, at: ActionContext) -> Iterator[Album]:
        """The albums that are told about, outer ones before those in them."""
        if self.album is not None:
            yield replace(self.album, parent="")
            yield from _albums(at, self.album.id)
        elif self.words is None:
            yield from _albums(at)

    def pictures(self, at: ActionContext) -> Iterator[Picture]:
        """The pictures that `who` may change, newest first, or album by album; each once.

        Others see them without what a camera wrote into the file; the originals that are written here have it.
        """
        seen = policy.changeable(at.who)
        if self.album is None:
            yield from every_picture(at, seen if self.words is None else seen.among(self.words))
            return
        told = set[str]()
        for album in self.albums(at):
            for picture in every_picture(at, lookup.pictures_in(at.db, album, seen)):
                if picture.id not in told:
                    told.add(picture.id)
                    yield picture


EVERYTHING = ExportSelection()


@dataclass
class Export:
    """One run; with `edited` pictures come as they are shown, and else as they were uploaded."""

    at: ActionContext
    target: ExportTarget
    selection: ExportSelection = EVERYTHING
    edited: bool = False
    check: Check = for_anybody  # refuses whoever may not have what comes next

    def run(self) -> Iterator[Exported]:
        """Write every picture of the selection, and at the end what is known about all."""
        pool, about, files = urllib3.PoolManager(), [], {}
        stacks = StackedFiles()
        titles = {each.id: each.title for each in _albums(self.at)}
        for picture in self.selection.pictures(self.at):
            self.check()
            name = name_of(picture)
            # a tutorial's document: its file is in a folder already, or somewhere else
            if not picture.public_id:
                yield Exported(picture, name, "its file is not in the cloud")
                continue
            try:
                self._write(pool, picture, name)
                hung = [titles[each] for each in picture.albums if each in titles]
                self._put(f"{name}.xmp", sidecar(picture, hung, self.at.who.id).encode(), picture.created_at)
            except (urllib3.exceptions.HTTPError, OSError, Unavailable) as error:
                self.target.scratch(name).unlink(missing_ok=True)  # of a full disk nothing is to be left
                yield Exported(picture, name, getattr(error, "strerror", None) or str(error))
                continue
            stacks.add(picture, name)
            shown = _as_shown(picture) if self.edited else picture
            about.append(about_picture(shown, name, self.at.who.id))
            files[picture.id] = name
            yield Exported(picture, name)
        shelf = [self._album(each, files) for each in self.selection.albums(self.at)]
        self._put(NAME, written(about, shelf, stacks.told()), None)

    def _album(self, album: Album, files: Mapping[str, str]) -> dict[str, Any]:
        self.check()
        hung = (
            ()
            if album.is_smart
            else every_picture(self.at, lookup.pictures_in(self.at.db, album, policy.changeable(self.at.who)))
        )
        names = [files[each.id] for each in hung if each.id in files]
        return about_album(album, names, files.get(album.cover, ""))

    def _write(self, pool: urllib3.PoolManager, picture: Picture, name: str) -> None:
        is_edited = self.edited and bool(picture.edit)
        if self.target.holds(name, UNKNOWN if is_edited else picture.bytes):
            return
        part = self.target.scratch(name)
        edit = picture.edit if is_edited else ""
        answer = pool.request("GET", view.inner_url(picture, self.at.cloud, edit), preload_content=False)
        if answer.status != 200:
            raise Unavailable(f"the cloud answers {answer.status} for its file", retry_after=1)
        with part.open("wb") as file:
            for block in answer.stream(BLOCK):
                file.write(block)
        answer.release_conn()
        self.target.keep(name, part, picture.created_at)

    def _put(self, name: str, content: bytes, at: datetime | None) -> None:
        part = self.target.scratch(name)
        part.write_bytes(content)
        self.target.keep(name, part, at)


def _albums(at: ActionContext, parent: str = "") -> Iterator[Album]:
    """Every album that is seen in one, outer ones before those in them, in each other the oldest first."""
    after, inside = "", []
    while True:
        found, after = lookup.page(at.db, policy.albums(at.who), size=PAGE, after=after, parent=parent)
        inside += found
        if not after:
            break
    for album in reversed(inside):
        yield album
        yield from _albums(at, album.id)


def every_picture(at: ActionContext, wanted: PictureFilter) -> Iterator[Picture]:
    """All of them, in their order."""
    cursor = ""
    while True:
        page = listing.page(at.db, wanted, size=PAGE, cursor=cursor)
        yield from page.pictures
        if not page.older:
            return
        cursor = page.pictures[-1].id


def _as_shown(picture: Picture) -> Picture:
    """What is told of a file that its edit is a part of: its size in bytes is another one."""
    if not picture.edit:
        return picture
    (width, height), point = picture.size, picture.focal_point
    focus = point.text if point else ""
    return replace(picture, edit="", focus=focus, width=width, height=height, bytes=0)


def name_of(picture: Picture) -> str:
    """A file name that says both what it was and which picture it is, so that no two are the same."""
    stem, dot, extension = picture.download_name.rpartition(".")
    plain = _fitting(stem if dot else picture.download_name, MAX_STEM) or "picture"
    ending = _fitting(extension, MAX_EXTENSION) if dot else ""
    return f"{plain}-{picture.id}.{ending or picture.format or 'bin'}"


def _fitting(text: str, most: int) -> str:
    """A part of a file name: what no file system refuses, in so many bytes, cut between characters."""
    plain = _UNFIT.sub("_", text).strip(" .").encode(errors="replace")
    return plain[:most].decode(errors="ignore").strip(" .")


def sidecar(picture: Picture, albums: Sequence[str], who: str) -> str:
    """The XMP packet that tells other programs about a picture, the titles of its albums, and the stars of `who`."""
    stars = marks_of(who, picture.marks).get("stars", "") if who else ""
    tags = "".join(f"<rdf:li>{_escaped(tag)}</rdf:li>" for tag in picture.text.tags)
    named = "".join(ALBUM.format(title=_escaped(title)) for title in albums)
    return XMP.format(
        description=_escaped(picture.text.description),
        tags=tags,
        taken_at=TAKEN.format(time=_escaped(picture.taken_at)) if picture.taken_at else "",
        rating=RATING.format(stars=stars) if stars else "",
        albums=ALBUMS.format(albums=named) if named else "",
    )


def _escaped(text: str) -> str:
    return escape(sayable(text))
