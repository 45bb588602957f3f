"""How a picture looks in JSON."""

from collections.abc import Collection

from picturerail.gallery.albums.model import Album
from picturerail.gallery.api.schemas import (
    PictureFocus,
    PictureImage,
    PictureStack,
    PublicAlbum,
    PublicPicture,
)
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import view
from picturerail.gallery.pictures.model import Picture


def public_picture(
    picture: Picture, cloud: CloudAccess, albums: Collection[str], stacked: int, *, untouched: bool
) -> PublicPicture:
    """The public fields of a picture, and those of its albums that are among `albums`; `stacked` lie in its stack.

    Of one that is told `untouched`, the original and the place, too.
    """
    tile, point = view.show(picture, cloud), picture.focal_point
    return PublicPicture(
        id=picture.id,
        page=tile.href,
        title=picture.title,
        **picture.text.plain,
        filename=picture.filename,
        url=cloud.absolute(view.full_url(picture, cloud, original=untouched)),
        image=PictureImage(url=tile.source, widths=tile.data["widths"]),
        public_id=picture.public_id or None,
        asset_id=picture.asset_id or None,
        version=picture.version or None,
        width=picture.size[0] or None,
        height=picture.size[1] or None,
        format=picture.format or None,
        bytes=picture.bytes or None,
        thumbhash=picture.thumbhash or None,
        color=picture.color or None,
        albums=[each for each in picture.albums if each in albums],
        stack=PictureStack(id=picture.stack, count=stacked) if stacked > 1 else None,
        taken_at=picture.taken_at or None,
        camera=picture.camera.plain,
        place=(picture.place or None) if untouched else None,
        location=picture.location,
        edit=picture.edit,
        focus=PictureFocus(x=round(point.x, 4), y=round(point.y, 4)) if point else None,
        visibility=picture.visibility,
        shown_as=picture.shown,
        state=picture.state,
        created_at=picture.created_at.isoformat(timespec="milliseconds") if picture.created_at else None,
        updated_at=picture.revision,
    )


def public_album(album: Album) -> PublicAlbum:
    """The public fields of an album."""
    return PublicAlbum(
        id=album.id,
        slug=album.slug,
        href=album.href,
        title=album.title,
        description=album.description,
        parent=album.parent or None,
        cover=album.cover or None,
        order=album.order,
        q=album.q,
        visibility=album.visibility,
        shown_as=album.shown,
        location=album.location,
        created_at=album.created_at.isoformat(timespec="milliseconds"),
        updated_at=album.updated_at.isoformat(timespec="milliseconds"),
    )
