"""What a zip of pictures holds: each original, its XMP sidecar, and gallery.json about all."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice

from picturerail.errors import NotFound, TooLarge
from picturerail.gallery import policy
from picturerail.gallery.actions import downloads
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.albums import lookup
from picturerail.gallery.albums.model import Album
from picturerail.gallery.pictures import lookup as pictures
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.policy import Action, Principal
from picturerail.gallery.transfer.exporter import every_picture, name_of, sidecar
from picturerail.gallery.transfer.gallery_json import NAME, StackedFiles, about_album, about_picture, written
from picturerail.gallery.transfer.zip_stream import ZipEntry

MAX_PICTURES = 2000
TOO_MANY = (
    f"These are more than {MAX_PICTURES:,} pictures, too many for one download. "
    "Take fewer, or export them (`Import and export` on your account page): that may take its time."
)


def entries_of(at: ActionContext, wanted: PictureFilter, album: Album | None) -> list[ZipEntry]:
    """The files of the zip, in the order of the pictures; TooLarge for too many, NotFound for none."""
    found = list(islice((each for each in every_picture(at, wanted) if each.public_id), MAX_PICTURES + 1))
    if not found:
        raise NotFound("There is no picture here that you could download in a zip.")
    if len(found) > MAX_PICTURES:
        raise TooLarge(TOO_MANY)
    hung = {each for picture in found for each in picture.albums}
    titles = {each.id: each.title for each in lookup.known(at.db, hung, policy.albums(at.who)).values()}
    files = {picture.id: name_of(picture) for picture in found}
    entries: list[ZipEntry] = []
    for picture in found:
        name, time = files[picture.id], picture.created_at
        said = sidecar(picture, [titles[each] for each in picture.albums if each in titles], at.who.id)
        blocks, check = partial(downloads.original, at, picture), partial(_check, at, picture.id)
        entries.append(ZipEntry(name, time, picture.bytes, blocks, check))
        entries.append(_held(f"{name}.xmp", said.encode(), time))
    about = [about_picture(each, files[each.id], at.who.id) for each in found]
    stacks = StackedFiles()
    for each in found:
        stacks.add(each, files[each.id])
    shelf = (
        [about_album(replace(album, parent=""), list(files.values()), files.get(album.cover, ""))]
        if album
        else []
    )
    return [*entries, _held(NAME, written(about, shelf, stacks.told()), None)]


def _held(name: str, content: bytes, time: datetime | None) -> ZipEntry:
    return ZipEntry(name, time, len(content), lambda: [content], _check_standing)


def _check(at: ActionContext, picture_id: str, who: Principal) -> None:
    _check_standing(who)
    pictures.find(at.db, picture_id, policy.loadable(who))


def _check_standing(who: Principal) -> None:
    policy.check(who, Action.CHANGE)
