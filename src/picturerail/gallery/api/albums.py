"""The calls about albums: each parses, calls the same actions as the pages, and answers JSON."""

from flask import Blueprint, Response, request, url_for

from picturerail.gallery import policy
from picturerail.gallery.actions import albums as actions
from picturerail.gallery.albums import lookup
from picturerail.gallery.albums.model import Album, AlbumResult
from picturerail.gallery.api.exchange import answer, body, limit, told_page
from picturerail.gallery.api.operations import answers
from picturerail.gallery.api.schemas import (
    AlbumAnswer,
    AlbumChange,
    AlbumFilling,
    AlbumMove,
    AlbumPage,
    AlbumPictureQuery,
    AlbumQuery,
    DeletedAlbum,
    FilledAlbum,
    NewAlbum,
    OrderedAlbum,
    PicturePage,
)
from picturerail.gallery.api.shape import public_album
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, services
from picturerail.gallery.web.access import requires

blueprint = Blueprint("album_api", __name__, url_prefix="/api/v1")


@blueprint.get("/albums")
@answers({200: AlbumPage}, query=AlbumQuery)
def list_albums() -> Response:
    """Albums, newest first; `next` is the cursor for `after`, null at the end."""
    found, following = lookup.page(
        services.database(),
        policy.albums(access.principal()),
        size=limit(),
        after=request.args.get("after", ""),
        parent=request.args.get("parent"),
        title=request.args.get("q", ""),
    )
    return answer(AlbumPage(albums=[public_album(one) for one in found], next=following or None))


@blueprint.post("/albums")
@requires(Action.ADD)
@answers({201: AlbumAnswer}, body=NewAlbum)
def add_album() -> Response:
    """Make an album."""
    return _told(actions.create(access.acting(), body(NewAlbum).given()), 201)


@blueprint.get("/albums/<album_id>")
@answers({200: AlbumAnswer})
def get_album(album_id: str) -> Response:
    """One album."""
    return _told(_seen(album_id))


@blueprint.patch("/albums/<album_id>")
@requires(Action.CHANGE)
@answers({200: AlbumAnswer}, body=AlbumChange)
def change_album(album_id: str) -> Response:
    """Change what is given; with a new title it gets a new slug, and its old address leads to the new one."""
    return _told(actions.change(access.acting(), album_id, body(AlbumChange).given()))


@blueprint.delete("/albums/<album_id>")
@requires(Action.CHANGE)
@answers({200: DeletedAlbum})
def delete_album(album_id: str) -> Response:
    """Delete an album and the albums in it, never a picture; `undo` is the call that takes it back."""
    album, batch = actions.delete(access.acting(), album_id)
    undo = url_for("album_api.restore_albums", batch=batch)
    return answer(DeletedAlbum(album=public_album(album), undo=undo))


@blueprint.post("/albums/restore/<batch>")
@requires(Action.CHANGE)
@answers({200: AlbumAnswer})
def restore_albums(batch: str) -> Response:
    """Bring back what was deleted together."""
    return _told(actions.restore(access.acting(), batch))


@blueprint.get("/albums/<album_id>/pictures")
@answers({200: PicturePage}, query=AlbumPictureQuery)
def list_album_pictures(album_id: str) -> Response:
    """The pictures that hang in an album, in its order; `next` is the cursor for `after`, null at the end."""
    album = _seen(album_id)
    seen = policy.seen_in(access.principal(), album)
    return told_page(lookup.pictures_in(services.database(), album, seen))


@blueprint.post("/albums/<album_id>/pictures")
@requires(Action.CHANGE)
@answers({200: FilledAlbum}, body=AlbumFilling)
def fill_album(album_id: str) -> Response:
    """Hang pictures in an album behind the others, and take others down; what is so already stays so."""
    asked = body(AlbumFilling)
    result = actions.fill(access.acting(), album_id, asked.add, asked.remove)
    return _filled(_seen(album_id), result)


@blueprint.post("/albums/changes/<batch>/undo")
@requires(Action.CHANGE)
@answers({200: FilledAlbum})
def undo_change(batch: str) -> Response:
    """Take a filling or an ordering back: what was hung comes down, the rest hangs where it hung."""
    return _filled(*actions.undo(access.acting(), batch))


@blueprint.post("/albums/<album_id>/order")
@requires(Action.CHANGE)
@answers({200: OrderedAlbum}, body=AlbumMove)
def order_album(album_id: str) -> Response:
    """Hang pictures of the album before another one of it, in the given order; at its end without `before`."""
    asked = body(AlbumMove)
    batch = actions.move(access.acting(), album_id, asked.pictures, asked.before or "")
    undo = url_for("album_api.undo_change", batch=batch)
    return answer(OrderedAlbum(album=public_album(_seen(album_id)), undo=undo))


def _seen(album_id: str) -> Album:
    return lookup.find(services.database(), album_id, policy.seen_albums(access.principal()))


def _told(album: Album, status: int = 200) -> Response:
    return answer(AlbumAnswer(album=public_album(album)), status)


def _filled(album: Album, result: AlbumResult) -> Response:
    undo = url_for("album_api.undo_change", batch=result.batch) if result.batch else None
    told = FilledAlbum(
        album=public_album(album),
        added=list(result.added),
        removed=list(result.removed),
        full=list(result.full),
        missing=list(result.missing),
        undo=undo,
    )
    return answer(told)
