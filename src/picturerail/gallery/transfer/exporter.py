"""Take pictures out again in open formats: the original files, an XMP sidecar beside each, and one JSON of all."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import urllib3

from picturerail.errors import Unavailable
from picturerail.gallery import policy
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.pictures import listing
from picturerail.gallery.pictures.model import Picture

PAGE = 200
BLOCK = 1024 * 1024
ABOUT = "gallery.json"
PART = ".part"  # behind the name of a file that is not whole yet
_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]')

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>
   <dc:subject><rdf:Bag>{tags}</rdf:Bag></dc:subject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""


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
        pool, about = urllib3.PoolManager(), []
        for picture in self._pictures():
            name = name_of(picture)
            if (
                not picture.public_id
            ):  # a tutorial's document: its file is in a folder already, or somewhere else
                yield Exported(picture, name, "its file is not in the cloud")
                continue
            try:
                self._write(pool, picture, self.folder / name)
            except (urllib3.exceptions.HTTPError, OSError, Unavailable) as error:
                yield Exported(picture, name, str(error))
                continue
            about.append(_about(picture, name))
            yield Exported(picture, name)
        _replace(self.folder / ABOUT, json.dumps({"pictures": about}, indent=1, ensure_ascii=False).encode())

    def _pictures(self) -> Iterator[Picture]:
        cursor = ""
        while True:
            page = listing.page(self.at.db, policy.seen(self.at.who), size=PAGE, cursor=cursor)
            yield from page.pictures
            if not page.older:
                return
            cursor = page.pictures[-1].id

    def _write(self, pool: urllib3.PoolManager, picture: Picture, target: Path) -> None:
        if not (target.is_file() and target.stat().st_size == picture.bytes):
            part = target.with_name(target.name + PART)
            answer = pool.request("GET", self._address(picture), preload_content=False)
            if answer.status != 200:
                raise Unavailable(f"the cloud answers {answer.status} for its file", retry_after=1)
            with part.open("wb") as file:
                for block in answer.stream(BLOCK):
                    file.write(block)
            answer.release_conn()
            part.replace(target)
        _replace(target.with_name(f"{target.name}.xmp"), _xmp(picture).encode())

    def _address(self, picture: Picture) -> str:
        """Where the original is; of our own media service by its own door on this machine."""
        if self.at.cloud.own:
            return f"{self.at.cloud.upload_prefix}{urlsplit(picture.url).path}"
        return picture.url


def name_of(picture: Picture) -> str:
    """A file name that says both what it was and which picture it is, so that no two are the same."""
    stem, dot, extension = picture.download_name.rpartition(".")
    plain = _UNFIT.sub("_", stem if dot else picture.download_name).strip(" .")[:120] or "picture"
    return f"{plain}-{picture.id}.{extension if dot else picture.format or 'bin'}"


def _xmp(picture: Picture) -> str:
    tags = "".join(f"<rdf:li>{escape(tag)}</rdf:li>" for tag in picture.text.tags)
    return XMP.format(description=escape(picture.text.description), tags=tags)


def _about(picture: Picture, name: str) -> dict[str, Any]:
    return {
        "file": name,
        "id": picture.id,
        "filename": picture.filename,
        **picture.text.plain,
        "created_at": picture.created_at.isoformat() if picture.created_at else None,
        "width": picture.width,
        "height": picture.height,
        "bytes": picture.bytes,
    }


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + PART)
    part.write_bytes(content)
    part.replace(path)
