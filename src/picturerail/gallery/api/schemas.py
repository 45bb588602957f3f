"""Bodies and answers of the JSON API: what is said here is checked, documented, and compiled to TypeScript."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType, field

from picturerail.gallery.albums.model import MAX_ABOUT, MAX_TITLE, ORDERS
from picturerail.gallery.pictures.location import LOCATIONS
from picturerail.gallery.pictures.order import ORDERS as PICTURE_ORDERS
from picturerail.gallery.pictures.text import MAX_DESCRIPTION, TEXT_NAMES, TextChange, of_json
from picturerail.gallery.pictures.visibility import VISIBILITIES
from picturerail.gallery.search.tags import MAX_TAG, MAX_TAGS
from picturerail.gallery.search.terms import MAX_QUERY
from picturerail.schemas.structs import ApiAnswer, ApiBody, Problem

MAX_LIST = 100
MAX_BULK = 500  # pictures at once
MAX_NAME = 1000
MAX_BYTES = 2**53 - 1  # the largest whole number that every JSON has

# A limit with a sentence of its own is checked where the text is cleaned, and only told here.
Id = Annotated[str, Meta(extra_json_schema={"pattern": "^[0-9a-f]{24}$"})]
Tag = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_TAG})]
Tags = Annotated[list[Tag], Meta(extra_json_schema={"maxItems": MAX_TAGS})]
Filename = Annotated[str, Meta(max_length=MAX_NAME)]
Description = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_DESCRIPTION})]
Revision = Annotated[str, Meta(max_length=40, description="As the picture told it; empty when it told none")]


AlbumTitle = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_TITLE})]
AlbumText = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_ABOUT})]
AlbumSearch = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_QUERY})]
AlbumOrder = Annotated[str, Meta(extra_json_schema={"enum": list(ORDERS)})]
Visibility = Annotated[str, Meta(extra_json_schema={"enum": list(VISIBILITIES)})]
Location = Annotated[
    str,
    Meta(
        description="Whether visitors learn where it was taken, and save files with that: `shown` or `hidden`; "
        "empty: as its albums say, else the site",
        extra_json_schema={"enum": list(LOCATIONS)},
    ),
]
ChosenVisibility = Annotated[Visibility | None, Meta(description="The site's default when it is not given")]
Ids = Annotated[list[Id], Meta(max_length=MAX_BULK)]
State = Annotated[str, Meta(extra_json_schema={"enum": ["live", "trash", "duplicate"]})]


class PictureImage(ApiAnswer, frozen=True, kw_only=True):
    """Any width: put one of `widths` where `{w}` stands in `url`."""

    url: str
    widths: list[int]


class PictureStack(ApiAnswer, frozen=True, kw_only=True):
    """The stack in which a picture lies, with others that one sees, too."""

    id: Id
    count: Annotated[int, Meta(description="Of those that one sees, this one among them")]


class PictureFocus(ApiBody, frozen=True, kw_only=True):
    """A place in the picture as it is shown: shares of its width from the left and of its height from above."""

    x: Annotated[float, Meta(ge=0, le=1)]
    y: Annotated[float, Meta(ge=0, le=1)]


class PublicPicture(ApiAnswer, frozen=True, kw_only=True):
    """A picture, as everybody who may see it knows it."""

    id: Id
    page: Annotated[str, Meta(description="Address of its page")]
    title: str
    description: str
    filename: str
    url: Annotated[str, Meta(description="The whole picture, with its edit")]
    image: PictureImage
    public_id: str | None
    asset_id: str | None
    version: int | None
    width: int | None
    height: int | None
    format: str | None
    bytes: int | None
    thumbhash: str | None
    color: str | None
    tags: list[str]
    albums: Annotated[list[Id], Meta(description="Albums in which it hangs")]
    stack: Annotated[PictureStack | None, Meta(description="Lists tell of the first of a stack only")]
    taken_at: Annotated[
        str | None, Meta(description="By the camera's clock, with its zone where that is known")
    ]
    camera: Annotated[dict[str, str], Meta(description="What the camera wrote of itself, as far as it did")]
    place: Annotated[
        str | None,
        Meta(description="Latitude and longitude, to whom its location is shown or who may change it"),
    ]
    location: Location
    edit: Annotated[str, Meta(description="The transformation that stands in every address; empty for none")]
    focus: Annotated[
        PictureFocus | None,
        Meta(description="What every crop keeps in sight, set by hand; null for automatic"),
    ]
    visibility: Annotated[Visibility, Meta(description="Its own; its albums may be stricter")]
    shown_as: Annotated[Visibility, Meta(description="The strictest of its own and its albums'")]
    state: State
    created_at: Annotated[str | None, Meta(extra_json_schema={"format": "date-time"})]
    updated_at: str


class PictureAnswer(ApiAnswer, frozen=True, kw_only=True):
    """The picture, as it is now."""

    picture: PublicPicture


class PicturePage(ApiAnswer, frozen=True, kw_only=True):
    """One page of pictures; `next` goes into `after`, and is null at the end."""

    pictures: list[PublicPicture]
    next: Id | None


class MarkChange(ApiBody, frozen=True, kw_only=True):
    """One's own marks on a picture; what is left out stays, "" takes a mark away."""

    favourite: Annotated[str | UnsetType, Meta(description="yes")] = UNSET
    stars: Annotated[str | UnsetType, Meta(description="1 to 5")] = UNSET
    choice: Annotated[str | UnsetType, Meta(description="pick or reject")] = UNSET

    @property
    def given(self) -> dict[str, str]:
        """What is to be changed."""
        marks = {"favourite": self.favourite, "stars": self.stars, "choice": self.choice}
        return {kind: value for kind, value in marks.items() if isinstance(value, str)}


class PictureMarks(ApiAnswer, frozen=True, kw_only=True):
    """One's own marks on the picture, as they are now: favourite, stars, choice."""

    marks: dict[str, str]


class TrashedPicture(ApiAnswer, frozen=True, kw_only=True):
    """Deleted; a POST to `undo` takes it back."""

    picture: PublicPicture
    undo: str


class SkippedPicture(ApiAnswer, frozen=True, kw_only=True):
    """The duplicate is gone."""

    skipped: Id


class SessionState(ApiAnswer, frozen=True, kw_only=True):
    """Who is signed in, and the token for changes: for pages whose session may have ended or begun anew."""

    email: str | None
    csrf_token: str


class UploadPermit(ApiAnswer, frozen=True, kw_only=True):
    """Send `params` and the file (field `file`) to `url` as a multipart form, within the hour."""

    url: str
    params: dict[str, str]


class DuplicateProblem(Problem, frozen=True, kw_only=True):
    """The same bytes are in the gallery already; decide with keep or skip on `held_id`."""

    duplicate_of: PublicPicture | None
    held_id: Id


class StalePictureProblem(Problem, frozen=True, kw_only=True):
    """Somebody else was faster; `picture` is as it is now."""

    picture: PublicPicture


class PublicAlbum(ApiAnswer, frozen=True, kw_only=True):
    """An album, as everybody who may see it knows it."""

    id: Id
    slug: str
    href: Annotated[str, Meta(description="Address of its page; former ones lead there")]
    title: str
    description: str
    parent: Annotated[Id | None, Meta(description="The album that it lies in")]
    cover: Annotated[Id | None, Meta(description="The picture chosen to stand for it")]
    order: AlbumOrder
    q: Annotated[str, Meta(description="What it looks for, if it is a saved search; else empty")]
    visibility: Annotated[Visibility, Meta(description="Its own; albums that it lies in may be stricter")]
    shown_as: Annotated[Visibility, Meta(description="The strictest of its own and theirs")]
    location: Location
    created_at: Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
    updated_at: Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


class AlbumAnswer(ApiAnswer, frozen=True, kw_only=True):
    """The album, as it is now."""

    album: PublicAlbum


class AlbumPage(ApiAnswer, frozen=True, kw_only=True):
    """Some albums; `next` goes into `after`, and is null at the end."""

    albums: list[PublicAlbum]
    next: Id | None


class DeletedAlbum(ApiAnswer, frozen=True, kw_only=True):
    """Deleted, with the albums in it and without any picture; a POST to `undo` takes it back."""

    album: PublicAlbum
    undo: str


class OrderedAlbum(ApiAnswer, frozen=True, kw_only=True):
    """`undo` is the address that a POST takes the move back with."""

    album: PublicAlbum
    undo: str


class FilledAlbum(ApiAnswer, frozen=True, kw_only=True):
    """The pictures that were hung and taken down; a POST to `undo` (null when there are none) takes that back."""

    album: PublicAlbum
    added: list[Id]
    removed: list[Id]
    full: Annotated[list[Id], Meta(description="Those that hang in too many albums already")]
    missing: Annotated[list[Id], Meta(description="Those that are not there for you to hang in this album")]
    undo: str | None


class AlbumQuery(ApiAnswer, frozen=True, kw_only=True):
    """Which albums a list tells of."""

    parent: Annotated[
        str, Meta(description="Those that lie in this one; empty: those in none; missing: all")
    ] = ""
    q: Annotated[str, Meta(description="Words of the title, each from its beginning on")] = ""
    limit: Annotated[int, Meta(ge=1, le=MAX_LIST)] = MAX_LIST
    after: Annotated[Id, Meta(description="The `next` of the page before")] = ""


class AlbumPictureQuery(ApiAnswer, frozen=True, kw_only=True):
    """Which of an album's pictures a list tells of."""

    limit: Annotated[int, Meta(ge=1, le=MAX_LIST)] = MAX_LIST
    after: Annotated[Id, Meta(description="The `next` of the page before")] = ""
    before: Id = ""
    at: Annotated[Id, Meta(description="Begin with this picture")] = ""


class PictureQuery(ApiAnswer, frozen=True, kw_only=True):
    """Which pictures a list tells of."""

    order: Annotated[
        str,
        Meta(
            description="Newest added, newest taken, oldest taken, or by title; a search is always newest first",
            extra_json_schema={"enum": list(PICTURE_ORDERS)},
        ),
    ] = "newest"
    q: Annotated[
        str,
        Meta(
            description="Only those with each of these words (or their beginnings) in description, file name or tags; "
            "#word looks for a tag, -word leaves out"
        ),
    ] = ""
    limit: Annotated[int, Meta(ge=1, le=MAX_LIST)] = MAX_LIST
    after: Annotated[Id, Meta(description="The `next` of the page before")] = ""
    before: Id = ""
    at: Annotated[Id, Meta(description="Begin with this picture")] = ""


class WrittenText(ApiBody, frozen=True, kw_only=True):
    """What people write about a picture: the fields of PictureText that are given."""

    description: Description | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET

    def cleaned(self) -> TextChange:
        """Those that are given, cleaned; BadRequest for what is too long."""
        given = ((name, getattr(self, name)) for name in TEXT_NAMES)
        return of_json({name: value for name, value in given if value is not UNSET})


class UploadIntent(WrittenText, frozen=True, kw_only=True):
    """A file that is to be uploaded."""

    filename: Filename
    bytes: Annotated[int, Meta(ge=0, le=MAX_BYTES)]
    visibility: ChosenVisibility = None


class NewPicture(WrittenText, frozen=True, kw_only=True):
    """What the media service answered to an upload, or where it finds the picture, and what people know of it."""

    answer: Annotated[
        dict[str, Any] | UnsetType, Meta(description="What the media service answered, unchanged")
    ] = UNSET
    url: Annotated[
        str | UnsetType,
        Meta(description="In its place: an http or https address from which it fetches the picture"),
    ] = UNSET
    filename: Annotated[
        Filename | UnsetType, Meta(description="Beside `url` the address tells it, if it is not given")
    ] = UNSET
    album: Annotated[Id | None, Meta(description="Hang it there, if it is new")] = None
    visibility: ChosenVisibility = None
    location: Location = ""


class PictureForm(WrittenText, frozen=True, kw_only=True):
    """In the place of that: the file itself in a multipart form, with what people know of it in the other fields."""

    file: Annotated[str, Meta(extra_json_schema={"format": "binary"})]
    filename: Annotated[Filename | UnsetType, Meta(description="If not given, the one of the file")] = UNSET
    album: Annotated[Id | None, Meta(description="Hang it there, if it is new")] = None
    visibility: ChosenVisibility = None
    location: Location = ""


class PictureChange(WrittenText, frozen=True, kw_only=True):
    """What is new about a picture; what is not given stays as it is. Texts need the `updated_at` that was read."""

    updated_at: Revision | UnsetType = UNSET
    taken_at: Annotated[str | UnsetType | None, Meta(description="ISO 8601, with or without a zone")] = UNSET
    visibility: Visibility | UnsetType = UNSET
    location: Location | UnsetType = UNSET
    edit: Annotated[str | UnsetType | None, Meta(description="Such as `a_90`; empty for none")] = UNSET
    focus: Annotated[
        PictureFocus | UnsetType | None,
        Meta(description="The focal point, in the picture as it is shown; null for automatic"),
    ] = UNSET

    def adjusted(self) -> dict[str, str]:
        """Time, edit and word on location, where they are given."""
        named = (("taken_at", self.taken_at), ("edit", self.edit), ("location", self.location))
        return {name: value or "" for name, value in named if value is not UNSET}


class AlbumChange(ApiBody, frozen=True, kw_only=True):
    """New fields of an album; those that are not given stay as they are, and null empties one."""

    title: AlbumTitle | UnsetType = UNSET
    description: AlbumText | UnsetType = UNSET
    parent: Id | UnsetType | None = UNSET
    cover: Id | UnsetType | None = UNSET
    order: AlbumOrder | UnsetType = UNSET
    visibility: Visibility | UnsetType = UNSET
    location: Location | UnsetType = UNSET
    q: Annotated[
        AlbumSearch | UnsetType, Meta(description="Makes it a saved search; the other albums have none")
    ] = UNSET

    def given(self) -> dict[str, Any]:
        """The fields that are given."""
        named = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {name: value or "" for name, value in named if value is not UNSET}


class NewAlbum(AlbumChange, frozen=True, kw_only=True):
    """An album that is to be made."""

    title: AlbumTitle


class AlbumFilling(ApiBody, frozen=True, kw_only=True):
    """Pictures to hang in an album, and to take down."""

    add: Ids = field(default_factory=list)
    remove: Ids = field(default_factory=list)


class AlbumMove(ApiBody, frozen=True, kw_only=True):
    """Pictures of an album to hang before another one; at the end without `before`."""

    pictures: Ids
    before: Id | None = None
