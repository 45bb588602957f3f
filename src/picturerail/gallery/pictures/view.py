"""How a picture is shown: addresses for every width, what the browser needs to hold its place. String work only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from picturerail import image_formats
from picturerail.gallery.cloud import AUTHENTICATED, CloudAccess, origin
from picturerail.gallery.originals import MAX_SIDE, attachment, made_anew
from picturerail.gallery.pictures.edit import moves_pixels
from picturerail.gallery.pictures.focal_point import FocalPoint, cut_around
from picturerail.gallery.pictures.model import Picture
from picturerail.url_parts import split_url

TILE_WIDTHS = (320, 480, 640, 960, 1440)
LARGE_WIDTHS = (640, 960, 1440, 1920, 2560, 3840)  # up to 1920 those that are made after an upload
SOCIAL_WIDTH = 1200
CARD = 1200 / 630  # the shape of cards for links, to which those who show one crop it
EXACT_WIDTH = 1920  # the widest that is shown where nothing may be saved
FALLBACK_WIDTH = 640  # for browsers that know no srcset

ROW = "min(3.3rem + 13.6vw,13rem + 4.2vw)"  # the stylesheet's --row: the height that rows aim at
NARROWEST, WIDEST = 0.6, 3.0  # the stylesheet's bounds for the ratio of a tile
GROWTH = 1.25  # how far a row's pictures typically grow to fill it
STAGE_HEIGHT = 85  # vh; the most that the picture's own page gives it

UNKNOWN_SIZE = (4, 3)  # ratio of the place held for a picture whose size nobody knows
WIDTH = "{w}"
FIT = "c_limit,f_auto,q_auto,w_"

_CLOUDINARY = re.compile(r"https?://(res(?:-\d)?\.cloudinary\.com/[\w-]+/image/upload/)(.+)")
_ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?([/?#]|$)")


@dataclass(frozen=True, kw_only=True)
class PictureView:
    """Everything that a template says about one picture. `source` has `{w}` where a width goes, or is whole."""

    id: str
    title: str
    alt: str
    source: str
    width: int
    height: int
    sized: bool
    color: str
    thumbhash: str
    origin: str
    href: str
    is_favourite: bool = False  # of the person who looks
    hidden: str = ""  # who does not see it, to people who do: `unlisted` or `private`
    stacked: int = 0  # pictures of its stack that the person who looks has in lists, this one among them
    focus: FocalPoint | None = None  # set by hand: what crops keep in sight
    density: float = 1.0  # by which the height of its row is another
    # By width, where each address is opened by itself.
    signed: Mapping[int, str] = field(default_factory=dict)
    widest: int = LARGE_WIDTHS[-1]

    @property
    def css_class(self) -> str:
        """Name of the rule and anchor of this picture."""
        return f"p{self.id}"

    @cached_property
    def ratio(self) -> float:
        """Width over height."""
        return self.width / self.height

    @property
    def rule(self) -> str:
        """CSS rule that holds the picture's place, shows its colour before it has come, and says where to crop it."""
        color = f";--c:{self.color}" if self.color else ""
        focus = ";--fx:{}%;--fy:{}%".format(*self.focus.percent) if self.focus else ""
        return f".{self.css_class}{{--w:{self.width};--h:{self.height}{color}{focus}}}"

    @property
    def src(self) -> str:
        """Address for browsers without srcset."""
        return self._at(min(FALLBACK_WIDTH, self.width) if self.sized else FALLBACK_WIDTH)

    @cached_property
    def srcset(self) -> str:
        """Addresses for a tile's widths, never above the original's."""
        return self._srcset(TILE_WIDTHS)

    @property
    def large_src(self) -> str:
        """Address of the picture's own page for browsers without srcset."""
        return self._at(min(1440, self.width) if self.sized else 1440)

    @cached_property
    def large_srcset(self) -> str:
        """Addresses for the picture's own page and the viewer."""
        return self._srcset(LARGE_WIDTHS)

    @property
    def sizes_eager(self) -> str:
        """Width of the tile as far as the server can tell it: from the row's height and the picture's ratio."""
        factor = min(max(self.ratio, NARROWEST), WIDEST) * GROWTH * self.density
        return f"min(100vw,{ROW}*{factor:.2f})"

    @property
    def sizes(self) -> str:
        """The same for lazy images, whose browsers may measure the tile themselves."""
        return f"auto,{self.sizes_eager}"

    @property
    def large_sizes(self) -> str:
        """Width on the picture's own page, which is as high as the window at most."""
        return f"min(100vw,calc({STAGE_HEIGHT}vh*{self.ratio:.4f}))"

    @property
    def data(self) -> dict[str, Any]:
        """What the viewer needs beside the image's `alt`; widths of its own choice go where `{w}` stands in `url`."""
        return {
            "id": self.id,
            "w": self.width if self.sized else 0,
            "h": self.height if self.sized else 0,
            "url": self.large_src if self.signed else self.source,
            "widths": [] if self.signed else list(self._widths(LARGE_WIDTHS)),
            **({"favourite": True} if self.is_favourite else {}),
            **({"stacked": self.stacked} if self.stacked > 1 else {}),
        }

    def _widths(self, ladder: tuple[int, ...]) -> tuple[int, ...]:
        """The rungs below the original's width, and that width itself instead of the rung above it."""
        if WIDTH not in self.source:
            return ()
        if not self.sized:
            return tuple(rung for rung in ladder if rung <= TILE_WIDTHS[-1])
        top = min(self.width, ladder[-1], self.widest)
        return (*[rung for rung in ladder if rung < top], top)

    def _srcset(self, ladder: tuple[int, ...]) -> str:
        source, signed = self.source, self.signed
        return ", ".join(
            [
                f"{signed.get(each) or source.replace(WIDTH, str(each))} {each}w"
                for each in self._widths(ladder)
            ]
        )

    def _at(self, width: int) -> str:
        return self.signed.get(width) or self.source.replace(WIDTH, str(width))


def show(
    picture: Picture,
    cloud: CloudAccess,
    *,
    is_favourite: bool = False,
    hidden: str = "",
    stacked: int = 0,
    density: float = 1.0,
) -> PictureView:
    """Prepare a picture for the templates."""
    source = _source(picture, cloud)
    sized = bool(picture.width and picture.height)
    width, height = picture.size if sized else UNKNOWN_SIZE
    title = picture.title
    widest = EXACT_WIDTH if cloud.terms.is_exact else LARGE_WIDTHS[-1]
    return PictureView(
        id=picture.id,
        title=title,
        alt=picture.description.strip() or title,
        source=source,
        width=width if sized else width * 200,
        height=height if sized else height * 200,
        sized=sized,
        color=picture.color,
        thumbhash="" if moves_pixels(picture.edit) else picture.thumbhash,
        origin=origin(source) if "://" in source else "",
        signed=_signed(picture, cloud, widest),
        widest=widest,
        focus=picture.focal_point,
        href=f"/gallery/{picture.id}",
        is_favourite=is_favourite,
        hidden=hidden,
        stacked=stacked,
        density=density,
    )


def _signed(picture: Picture, cloud: CloudAccess, widest: int) -> dict[int, str]:
    """The address for every width, of a closed picture, where what opens one address opens no other."""
    opens_others = cloud.token_key and not cloud.terms.is_exact
    if picture.delivery != AUTHENTICATED or opens_others or not picture.public_id:
        return {}
    steps = {min(width, widest) for width in (*TILE_WIDTHS, *LARGE_WIDTHS, picture.size[0] or widest)}
    return {width: _url(picture, cloud, _after(picture.edit, f"{FIT}{width}")) for width in steps}


def full_url(picture: Picture, cloud: CloudAccess, *, original: bool) -> str:
    """Address of the whole picture: as its edit makes it, else the `original`, or for others the same made anew."""
    if not picture.public_id:
        return _source_of_tutorial(picture)
    if picture.edit or original:
        return _url(picture, cloud, picture.edit, _extension(picture, picture.edit))
    return _url(picture, cloud, *made_anew(picture.format))


def download_url(picture: Picture, cloud: CloudAccess, *, original: bool = False) -> str:
    """Address that saves it under the name it had, where the cloud can say so: as it is shown, or the original."""
    if picture.public_id:
        edit = "" if original else picture.edit
        flag = _after(edit, attachment(picture.download_name))
        return _url(picture, cloud, flag, _extension(picture, edit))
    return _source_of_tutorial(picture)


def reencoded_url(picture: Picture, cloud: CloudAccess) -> str:
    """Address that saves it as it is shown, as a JPEG that was made anew, and so says nothing beside its pixels."""
    anew = f"c_limit,f_jpg,q_95,w_{MAX_SIDE}/{attachment(picture.download_name)}"
    return _url(picture, cloud, _after(picture.edit, anew), "jpg")


def inner_url(picture: Picture, cloud: CloudAccess, edit: str = "") -> str:
    """Where we fetch the original, or what an edit makes of it: of our own media service by its own door here."""
    inner = replace(cloud, cdn_url="", token_key="")
    address = _url(picture, inner, edit, _extension(picture, edit))
    return f"{cloud.upload_prefix}{address}" if cloud.own else address


def can_be_edited(picture: Picture, cloud: CloudAccess) -> bool:
    """Whether a transformation can stand in its addresses."""
    return bool(picture.public_id or _delivery(picture.url, cloud))


def fitted_image(picture: Picture, cloud: CloudAccess, max_width: int, max_height: int) -> dict[str, Any]:
    """A JPEG within these bounds, with an absolute address and its size in pixels (the bounds when unknown)."""
    width, height = picture.size if all(picture.size) else (max_width, max_height)
    scale = min(1.0, max_width / width, max_height / height)
    size = {"width": max(1, round(width * scale)), "height": max(1, round(height * scale))}
    if not picture.public_id:
        return {"url": cloud.absolute(_source(picture, cloud).replace(WIDTH, str(size["width"]))), **size}
    bounds = _after(picture.edit, f"c_limit,f_jpg,h_{size['height']},q_auto,w_{size['width']}")
    return {
        "url": cloud.absolute(_url(picture, cloud, bounds, picture.format)),
        **size,
    }


def social_image(picture: Picture, cloud: CloudAccess) -> dict[str, Any]:
    """A JPEG for link previews, with an absolute address and its size."""
    full, high = picture.size
    width = min(SOCIAL_WIDTH, full or SOCIAL_WIDTH)
    height = round(width * high / full) if full else 0
    if picture.public_id:
        fitted = _after(picture.edit, f"c_limit,f_jpg,q_auto,w_{SOCIAL_WIDTH}")
        url = _url(picture, cloud, fitted, picture.format)
    else:
        url = _source(picture, cloud).replace(WIDTH, str(SOCIAL_WIDTH))
    alt = picture.description.strip() or picture.title
    return {"url": cloud.absolute(url), "width": width, "height": height, "alt": alt}


def card_image(picture: Picture, cloud: CloudAccess) -> dict[str, Any]:
    """A JPEG for the card of a link: the whole picture, or of one with a focal point the part around it."""
    point, (width, height) = picture.focal_point, picture.size
    step = cut_around(point, width, height, CARD) if point and picture.public_id and width and height else ""
    return social_image(replace(picture, edit=_after(picture.edit, step)) if step else picture, cloud)


def _source(picture: Picture, cloud: CloudAccess) -> str:
    if picture.public_id:
        fitted = _after(picture.edit, f"{FIT}{WIDTH}")
        return _url(picture, cloud, fitted)
    if found := _delivery(picture.url, cloud):
        prefix, rest = found
        fitted = _after(picture.edit, f"{FIT}{WIDTH}")
        return f"{prefix}{fitted}/{_in_url(rest)}"
    return _source_of_tutorial(picture)


def _delivery(url: str, cloud: CloudAccess) -> tuple[str, str] | None:
    """The address of a tutorial's document, divided where a transformation may stand; None for what is no cloud's."""
    if rest := cloud.path_of(url):
        return cloud.delivery_prefix, rest
    if match := _CLOUDINARY.fullmatch(url):
        return f"https://{match[1]}", match[2]
    path = split_url(cloud.delivery_prefix).path
    if cloud.own and _ADDRESS.match(url) and split_url(url).path.startswith(path):  # by a name we do not know
        return f"{origin(url)}{path}", split_url(url).path.removeprefix(path)
    return None


def _url(picture: Picture, cloud: CloudAccess, transformation: str, extension: str = "") -> str:
    return cloud.url(
        picture.public_id,
        picture.version,
        transformation,
        extension,
        picture.delivery,
        is_open=picture.is_open,
    )


def _extension(picture: Picture, edit: str) -> str:
    """The format of the original, or the one in which an edit of it is written: nobody writes HEIC and camera raw."""
    return picture.format if not edit or picture.format in image_formats.WRITABLE else "jpg"


def _after(edit: str, step: str) -> str:
    """The transformation of a step that follows the edit."""
    return f"{edit}/{step}" if edit else step


def _source_of_tutorial(picture: Picture) -> str:
    """The `url` as it stands, if a browser may fetch it; else the file in the upload folder."""
    if _ADDRESS.match(picture.url):
        return _in_url(picture.url)
    return f"/gallery/{picture.id}/file"


def _in_url(text: str) -> str:
    """The text without what would break out of a srcset; braces are ours."""
    return re.sub(r"[\s{}\"'<>\\]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), text)
