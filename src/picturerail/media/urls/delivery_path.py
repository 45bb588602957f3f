"""The grammar of delivery URLs, both ways. Pure.

path = "/" cloud "/" kind ["/" signature] *("/" component) ["/v" version] "/" public_id ["." ext]
kind = resource_type "/" type, or a short form: "iu" or nothing at all for image/upload; "images" for image/upload and
"files" for raw/upload, when a suffix for people and search engines follows the public_id
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from picturerail import image_formats
from picturerail.errors import BadRequest, NotFound
from picturerail.media.asset import Asset
from picturerail.signing import sign_delivery
from picturerail.transform.grammar import is_component
from picturerail.transform.language import reasons
from picturerail.transform.parameters import OTHER_FORMATS

RESOURCE_TYPES = ("image", "video", "raw")
TYPES = ("upload", "private", "authenticated", "fetch", "text", "sprite", "multi", "list")
OTHER_WORDS = {"asset": "upload"}  # the Ruby gem shows static pictures so
SHORT = {"iu": ("image", "upload")}
SUFFIXED = {
    "images": ("image", "upload"),
    "private_images": ("image", "private"),
    "authenticated_images": ("image", "authenticated"),
    "files": ("raw", "upload"),
}
MAX_PATH = 8000
MAX_PUBLIC_ID = 1024
NOT_REMOTE = ("_a=", "__cld_token__=")  # parameters of the delivery URL itself

_LIKE_COMPONENT = re.compile(r"[a-z]{1,3}_[^,/]+(,[a-z]{1,3}_[^,/]+)*")
_SIGNATURE = re.compile(r"s--([A-Za-z0-9_-]{0,64})--")
_VERSION = re.compile(r"v(\d{1,15})")
_UNQUOTED = re.compile(r"[A-Za-z0-9_.~/:-]*")  # what an address has as it is
_REMOTE = re.compile(r"(?P<scheme>https?):/+(?P<rest>.+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class DeliveryPath:
    """A delivery URL's path in its parts; `name` is the public_id with whatever extension it has.

    For type fetch `name` is the remote URL. `shorter` is what `name` is if its last part is a suffix only,
    and `longer` if what looks like a version is its first folder.
    """

    resource_type: str
    type: str
    name: str
    transformation: str = ""
    version: int | None = None
    signature: str | None = None
    shorter: str = ""
    longer: str = ""

    @property
    def to_sign(self) -> str:
        """The part that a URL signature covers."""
        return f"{self.transformation}/{self.name}" if self.transformation else self.name

    @property
    def names(self) -> tuple[str, ...]:
        """What may be meant by the name, the likelier first."""
        return (self.name, *(name for name in (self.shorter, self.longer) if name))

    @property
    def public_ids(self) -> list[str]:
        """The public_ids that may be meant: each name without an extension that it knows, and as it is."""
        image = self.resource_type == "image"
        pairs = ((split_extension(name)[0], name) if image else (name,) for name in self.names)
        return list(dict.fromkeys(name for pair in pairs for name in pair))

    @property
    def stem_and_extension(self) -> tuple[str, str]:
        """The name without and the extension by itself, when it ends in one of a known format."""
        return split_extension(self.name)


def split_extension(name: str) -> tuple[str, str]:
    """A name without its extension, and the extension, when it is one of a known format."""
    stem, dot, extension = name.rpartition(".")
    known = bool(dot and stem and extension.lower() in image_formats.EXTENSIONS)
    return (stem, extension.lower()) if known else (name, "")


def layer_names(name: str) -> tuple[str, ...]:
    """What l_ may mean by a name: SDKs write the format of a layer behind it (l_logo.png), and names may hold dots."""
    return tuple(dict.fromkeys((name, split_extension(name)[0])))


def parse_path(path: str, query: str = "") -> DeliveryPath:
    """The parts of what follows the cloud's name; NotFound or BadRequest for other paths.

    `query` counts for type fetch only, as part of the remote URL.
    """
    if len(path) + len(query) > MAX_PATH:
        raise BadRequest(f"The URL is longer than {MAX_PATH} characters.")
    segments = [segment for segment in path.split("/") if segment]
    resource_type, kind, rest, suffix = _kind(segments)
    signature = match[1] if (match := _SIGNATURE.fullmatch(rest[0])) and len(rest) > 1 else None
    if signature is not None:
        rest = rest[1:]
    components = _leading_components(rest)
    rest = rest[len(components) :]
    version = match[1] if (match := _VERSION.fullmatch(rest[0])) and len(rest) > 1 else None
    rest = rest[1:] if version else rest
    name = _remote(path, query) if kind == "fetch" else "/".join(rest)
    shorter = _without_suffix(rest) if suffix != "none" else ""
    if kind != "fetch" and len(name) > MAX_PUBLIC_ID:
        raise BadRequest(f"The public_id is longer than {MAX_PUBLIC_ID} characters.")
    longer = f"v{version}/{name}" if version and kind != "fetch" else ""
    if suffix == "always" and shorter:
        name, shorter = shorter, ""
    transformation = "/".join(components)
    return DeliveryPath(
        resource_type,
        kind,
        name,
        transformation,
        int(version) if version else None,
        signature,
        shorter,
        longer if suffix != "always" else "",
    )


def refuse_misread(path: DeliveryPath) -> None:
    """BadRequest that tells why nothing is there, where the path itself says so.

    That is a wrong parameter, a video, or an extension that asks for what f_ is refused for.
    """
    extension = path.name.rpartition(".")[2].lower() if path.resource_type == "image" else ""
    reason = OTHER_FORMATS.get(extension, "") if extension not in image_formats.EXTENSIONS else ""
    if path.resource_type == "video" or reason == reasons.VIDEO:
        raise BadRequest("Video is not supported: ask for a picture, such as gif or webp for one that moves.")
    if reason:
        raise BadRequest(f"There is no such picture, and none is delivered as {extension}: {reason}.")
    *before, name = re.split(r"/v\d{1,15}/", path.name, maxsplit=1)
    segments = before[0].split("/") if before and name else []
    if all(_LIKE_COMPONENT.fullmatch(segment) for segment in segments):
        parts = (part for segment in segments for part in segment.split(","))
        if wrong := next((part for part in parts if not is_component(part)), ""):
            raise BadRequest(f"Invalid transformation component - {wrong[:100]}: there is no such parameter.")


def _kind(segments: list[str]) -> tuple[str, str, list[str], Literal["none", "maybe", "always"]]:
    """Resource type, delivery type, the segments behind them, and whether the last of these is a suffix."""
    first, *rest = segments or [""]
    if first in RESOURCE_TYPES:
        if rest[:1] == ["fetch"] and first != "image":
            raise BadRequest("Only pictures are fetched: use /<cloud>/image/fetch/<transformations>/<URL>.")
        kind = OTHER_WORDS.get(rest[0], rest[0]) if len(rest) >= 2 else ""
        if kind in TYPES:
            return first, kind, rest[1:], "none"
    elif first in SHORT and rest:
        return *SHORT[first], rest, "none"
    elif first in SUFFIXED and len(rest) > 1:
        return *SUFFIXED[first], rest, "always"
    elif first and not {first} & (SHORT.keys() | SUFFIXED.keys()):
        return "image", "upload", segments, "maybe"
    raise NotFound("No such delivery URL: use /<cloud>/<resource_type>/<type>/<transformations>/<public_id>.")


def _without_suffix(segments: list[str]) -> str:
    """The public_id before a suffix, with the suffix's extension: a/b/my-words.jpg is a/b.jpg; "" if there is none."""
    if len(segments) < 2:
        return ""
    dot, extension = segments[-1].rpartition(".")[1:]
    return "/".join(segments[:-1]) + (f".{extension}" if dot else "")


def _remote(path: str, query: str) -> str:
    """The remote URL in a path of type fetch; of its slashes some may have been merged on the way."""
    match = next(
        (
            _REMOTE.fullmatch(path[at.start() + 1 :])
            for at in re.finditer(r"/(?=https?:/)", path, re.IGNORECASE)
        ),
        None,
    )
    if match is None:
        raise BadRequest("Type fetch needs a whole URL, which begins with http:// or https://.")
    own = [pair for pair in query.split("&") if pair and not pair.startswith(NOT_REMOTE)]
    return f"{match['scheme'].lower()}://{match['rest']}" + (f"?{'&'.join(own)}" if own else "")


def build_url(
    cloud_name: str, asset: Asset, transformation: str = "", extension: str = "", secret: str = ""
) -> str:
    """The path under which `asset` is delivered, as the official SDK builds it; signed if a `secret` is given."""
    extension = extension or asset.format
    plain = asset.resource_type == "raw" or asset.type == "fetch"
    ending = f".{extension}" if extension and not plain else ""
    name = asset.public_id + ending
    to_sign = f"{transformation}/{name}" if transformation else name
    signature = f"s--{sign_delivery(to_sign, secret)}--/" if secret else ""
    before = f"/{cloud_name}/{asset.resource_type}/{asset.type}/{signature}"
    quoted = name if _UNQUOTED.fullmatch(name) else quote(name, safe="/:")
    return f"{before}{transformation}{'/' if transformation else ''}v{asset.version}/{quoted}"


def _leading_components(segments: list[str]) -> list[str]:
    """The segments that are transformations: all of the leading ones that look so, but never the last segment."""
    count = 0
    while count < len(segments) - 1 and is_component(segments[count]):
        count += 1
    return segments[:count]
