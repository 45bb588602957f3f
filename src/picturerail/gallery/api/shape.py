"""How a picture looks in JSON."""

from picturerail.gallery.api.schemas import PictureImage, PublicPicture
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import view
from picturerail.gallery.pictures.model import Picture


def public_picture(picture: Picture, cloud: CloudAccess) -> PublicPicture:
    """The public fields of a picture."""
    tile = view.show(picture, cloud)
    return PublicPicture(
        id=picture.id,
        page=tile.href,
        title=picture.title,
        **picture.text.plain,
        filename=picture.filename,
        url=cloud.absolute(view.original_url(picture, cloud)),
        image=PictureImage(url=tile.source, widths=tile.data["widths"]),
        public_id=picture.public_id or None,
        asset_id=picture.asset_id or None,
        version=picture.version or None,
        width=picture.width or None,
        height=picture.height or None,
        format=picture.format or None,
        bytes=picture.bytes or None,
        thumbhash=picture.thumbhash or None,
        color=picture.color or None,
        state=picture.state,
        created_at=picture.created_at.isoformat(timespec="milliseconds") if picture.created_at else None,
        updated_at=picture.revision,
    )
