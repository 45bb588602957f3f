"""Take pictures out again in open formats: the original files, an XMP sidecar beside each, and one JSON of all."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
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
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.transfer.gallery_json import NAME, about_album, about_picture

PAGE = 200
BLOCK = 1024 * 1024
PART = ".part"  # behind the name of a file that is not whole yet
_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]')

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:exif="http://ns.adobe.com/exif/1.0/"
    xmlns:mwg-coll="http://www.metadataworkinggroup.com/schemas/collections/">
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>
   <dc:subject><rdf:Bag>{tags}</rdf:Bag></dc:subject>{taken_at}{albums}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""
TAKEN = "\n   <exif:DateTimeOriginal>{time}</exif:DateTimeOriginal>"
ALBUMS = "\n   <mwg-coll:Collections><rdf:Bag>{albums}</rdf:Bag></mwg-coll:Collections>"
ALBUM = '<rdf:li rdf:parseType="Resource"><mwg-coll:CollectionName>{title}</mwg-coll:CollectionName></rdf:li>'


@dataclass(frozen=True)
class Exported:
    """One picture, the name of its file, and why it is not there, or ""."""

    picture: Picture
    name: str
    problem: str = ""


@dataclass
class Export:
    """One run into a folder; files that are whole there already are left, so that it may be begun again."""

    at: ActionContext
    folder: Path

    def run(self) -> Iterator[Exported]:
        """Write every picture that is seen, newest first, and at the end what is known about all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        pool, about, files = urllib3.PoolManager(), [], {}
        albums = {each.id: each for each in self._albums()}
        for picture in self._pictures(policy.seen(self.at.who)):
            name = name_of(picture)
            if (
                not picture.public_id
            ):  # a tutorial's document: its file is in a folder already, or somewhere else
                yield Exported(picture, name, "its file is not in the cloud")
                continue
            try:
                self._write(pool, picture, self.folder / name)
                titles = [albums[each].title for each in picture.albums if each in albums]
                _replace(self.folder / f"{name}.xmp", _xmp(picture, titles).encode())
            except (urllib3.exceptions.HTTPError, OSError, Unavailable) as error:
                yield Exported(picture, name, str(error))
                continue
            about.append(about_picture(picture, name))
            files[picture.id] = name
            yield Exported(picture, name)
        shelf = [self._album(each, files) for each in albums.values()]
        whole = {"pictures": about, "albums": shelf}
        _replace(self.folder / NAME, json.dumps(whole, indent=1, ensure_ascii=False).encode())

    def _albums(self, parent: str = "") -> Iterator[Album]:
        """Every album that is seen, outer ones before those in them, in each other the oldest first."""
        after, inside = "", []
        while True:
            among = policy.albums(self.at.who)
            found, after = lookup.page(self.at.db, among, size=PAGE, after=after, parent=parent)
            inside += found
            if not after:
                break
        for album in reversed(inside):
            yield album
            yield from self._albums(album.id)

    def _album(self, album: Album, files: Mapping[str, str]) -> dict[str, Any]:
        hung = self._pictures(lookup.pictures_in(album, policy.seen(self.at.who)))
        names = [files[each.id] for each in hung if each.id in files]
        return about_album(album, names, files.get(album.cover, ""))

    def _pictures(self, wanted: PictureFilter) -> Iterator[Picture]:
        cursor = ""
        while True:
            page = listing.page(self.at.db, wanted, size=PAGE, cursor=cursor)
            yield from page.pictures
            if not page.older:
                return
            cursor = page.pictures[-1].id

    def _write(self, pool: urllib3.PoolManager, picture: Picture, target: Path) -> None:
        if not (target.is_file() and target.stat().st_size == picture.bytes):
            part = target.with_name(target.name + PART)
            answer = pool.request("GET", view.inner_url(picture, self.at.cloud), preload_content=False)
            if answer.status != 200:
                raise Unavailable(f"the cloud answers {answer.status} for its file", retry_after=1)
            with part.open("wb") as file:
                for block in answer.stream(BLOCK):
                    file.write(block)
            answer.release_conn()
            part.replace(target)


def name_of(picture: Picture) -> str:
    """A file name that says both what it was and which picture it is, so that no two are the same."""
    stem, dot, extension = picture.download_name.rpartition(".")
    plain = _UNFIT.sub("_", stem if dot else picture.download_name).strip(" .")[:120] or "picture"
    return f"{plain}-{picture.id}.{extension if dot else picture.format or 'bin'}"


def _xmp(picture: Picture, albums: Sequence[str]) -> str:
    tags = "".join(f"<rdf:li>{escape(tag)}</rdf:li>" for tag in picture.text.tags)
    named = "".join(ALBUM.format(title=escape(title)) for title in albums)
    return XMP.format(
        description=escape(picture.text.description),
        tags=tags,
        taken_at=TAKEN.format(time=escape(picture.taken_at)) if picture.taken_at else "",
        albums=ALBUMS.format(albums=named) if named else "",
    )


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + PART)
    part.write_bytes(content)
    part.replace(path)
