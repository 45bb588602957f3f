"""Adding pictures: the permit for a browser's upload, and the two ways in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any

from bson import ObjectId

from picturerail.errors import NotFound, PicturerailError
from picturerail.gallery import cloud as media
from picturerail.gallery import policy
from picturerail.gallery.actions import albums
from picturerail.gallery.actions import visibility as visibility_of
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.albums import location
from picturerail.gallery.handover import Handover, hand_over
from picturerail.gallery.maintenance import delivery, permits
from picturerail.gallery.pictures import create, lifecycle, lookalikes, lookup
from picturerail.gallery.pictures.create import NOWHERE, PictureDraft, Within
from picturerail.gallery.pictures.file import check_size, clean_filename
from picturerail.gallery.pictures.location import HIDDEN
from picturerail.gallery.pictures.model import DUPLICATE, LIVE, Picture
from picturerail.gallery.pictures.text import PictureText
from picturerail.gallery.pictures.visibility import clean_visibility, strictest
from picturerail.gallery.policy import Action
from picturerail.spool import Spooled


@dataclass(frozen=True)
class Added:
    """The picture, whether it is new, and the one with the same bytes if it waits for a decision because of that."""

    picture: Picture
    is_new: bool = True
    twin: Picture | None = None

    @property
    def waits(self) -> bool:
        """Whether the bytes are in the gallery already, so that somebody has to decide."""
        return self.picture.state == DUPLICATE


def permit(at: ActionContext, filename: str, size: int, visibility: str) -> tuple[str, dict[str, str]]:
    """Address and signed fields for one upload from the browser straight to the cloud.

    What `add_answer` would refuse afterwards is refused here, before a byte is sent.
    """
    policy.check(at.who, Action.ADD)
    clean_filename(filename)
    check_size(size, at.settings.max_upload_bytes)
    kind = delivery.wanted(at.settings, _visibility(at, visibility))
    public_id = create.new_public_id()
    permits.note(at.db, public_id, kind)
    return media.upload_request(at.cloud, public_id, kind, filename)


def add_file(
    at: ActionContext,
    file: IO[bytes],
    *,
    filename: str,
    text: PictureText,
    visibility: str = "",
    public_id: str | None = None,
    picture_id: ObjectId | None = None,
    album: str = "",
    keeps: bool = False,
) -> Added:
    """Send a file to the cloud and add it, in an album too; as an asset of a new name, unless one is given.

    Who `keeps` is not asked whether bytes that are there already are to be shown once more.
    """
    policy.check(at.who, Action.ADD)
    within, word = _within(at, album), _visibility(at, visibility)
    picture = create.take_file(
        at.db,
        at.cloud,
        file,
        filename=filename,
        text=text,
        owner=at.who.id,
        visibility=word,
        delivery=delivery.wanted(at.settings, strictest((word, within.shown))),
        limit=at.settings.max_upload_bytes,
        within=within,
        public_id=public_id or create.new_public_id(),
        picture_id=picture_id,
    )
    return _hung(at, _added(at, picture, keeps=keeps), album, within)


def add_spooled(at: ActionContext, files: Sequence[tuple[Spooled, str, PictureDraft]]) -> list[Added | None]:
    """Add files that lie in the spool of the data folder, each as an asset of a given name, at our own service.

    None in the place of each that is to be added by itself, by `add_file`, which takes it or says why not.
    """
    policy.check(at.who, Action.ADD)
    new = [replace(each, visibility=_visibility(at, each.visibility)) for _, _, each in files]
    handed = [
        Handover(file, public_id, delivery.wanted(at.settings, each.visibility))
        for (file, public_id, _), each in zip(files, new, strict=True)
    ]
    answers = hand_over(at.cloud, handed)
    pictures = create.take_answers(at.db, at.cloud, list(zip(answers, new, strict=True)))
    added = {
        each.id: Added(visibility_of.settle_bytes(at, each))
        for each in pictures
        if each and each.state == LIVE
    }
    if added:
        at.renew_pages(*added)
        at.record_pictures(Deed.ADD_PICTURE, list(added))
    return [(added.get(each.id) or _added(at, each)) if each else None for each in pictures]


def add_answer(
    at: ActionContext,
    answer: Mapping[str, Any],
    *,
    filename: str,
    text: PictureText,
    visibility: str = "",
    album: str = "",
) -> Added:
    """Add the picture that a signed answer of the cloud tells of, in an album too; doing so twice adds one."""
    policy.check(at.who, Action.ADD)
    within = _within(at, album)
    known = lookup.with_public_id(at.db, str(answer.get("public_id")))
    picture = create.take_answer(
        at.db,
        at.cloud,
        answer,
        filename=filename,
        text=text,
        owner=at.who.id,
        visibility=_visibility(at, visibility),
        within=within,
    )
    return _hung(at, _added(at, picture, is_new=known is None), album, within)


def _within(at: ActionContext, album: str) -> Within:
    """What an album says of its pictures; one that may not be filled is refused before anything is sent."""
    if not album:
        return NOWHERE
    shown, words = albums.fillable(at, album).shown, location.words_of(at.db, [album])
    return Within(shown, HIDDEN if HIDDEN in words.values() else "")


def _hung(at: ActionContext, added: Added, album: str, within: Within) -> Added:
    if not album:
        return added
    if added.waits:
        visibility_of.settle_pictures(at, [added.picture.id])  # it hangs nowhere
        return replace(added, picture=_told(at, added, within))
    try:
        albums.fill(at, album, [added.picture.id])
    except PicturerailError:  # the album is gone meanwhile
        visibility_of.settle_pictures(at, [added.picture.id])
        raise
    _told(at, added, within)
    return replace(added, picture=lookup.find(at.db, added.picture.id, policy.seen(at.who)))


def _told(at: ActionContext, added: Added, within: Within) -> Picture:
    """The picture without the album's word on locations, which it had as its own until it hung there."""
    if not (added.is_new and within.location):
        return added.picture
    return lifecycle.say_location(at.db, added.picture, "")


def _added(at: ActionContext, picture: Picture, *, is_new: bool = True, keeps: bool = False) -> Added:
    picture = visibility_of.settle_bytes(at, picture)
    if picture.state == DUPLICATE:
        if not keeps and (twin := _twin(at, picture)):
            return Added(picture, is_new, twin)
        # Nobody learns from an upload what is there that they do not see.
        picture = lifecycle.keep(at.db, policy.duplicates(at.who), picture.id)
    lookalikes.join(at.db, picture)
    at.renew_pages(picture.id)
    if is_new:
        at.record(Deed.ADD_PICTURE, picture.id, about=picture.title)
    return Added(picture, is_new)


def _twin(at: ActionContext, picture: Picture) -> Picture | None:
    """The picture with the same bytes, for who sees it."""
    try:
        return lookup.find(at.db, picture.same_as, policy.seen(at.who))
    except NotFound:
        return None


def _visibility(at: ActionContext, given: str) -> str:
    return clean_visibility(given or at.settings.default_visibility)
