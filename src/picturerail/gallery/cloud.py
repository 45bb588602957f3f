"""The only door to the media service: the official SDK, for our own service and for a Cloudinary account alike.

Nothing is left to the SDK's global configuration: every call gets all that it needs from a `CloudAccess`.
"""

import hmac
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import IO, Any, TypeAlias
from urllib.parse import unquote

from cloudinary import api, auth_token, uploader, utils
from cloudinary import exceptions as refusals
from urllib3 import Timeout

from picturerail.gallery.cloud_refusals import refused, understood
from picturerail.gallery.originals import FITTED, is_original, made_anew
from picturerail.gallery.token_terms import TokenTerms
from picturerail.gallery.upload_params import TOLD, asked
from picturerail.signing import SHORT_TOKEN_HMAC
from picturerail.token_revocation import OPEN
from picturerail.url_parts import split_url

API_PREFIX = "https://api.cloudinary.com"
BULK = {"X-Picturerail-Bulk": "1"}  # to our own service: its reduced copies can wait until somebody looks
# Delivery types: open; open but for the original; by signed addresses only.
UPLOAD, PRIVATE, AUTHENTICATED = "upload", "private", "authenticated"
Answer: TypeAlias = Mapping[str, Any]
DELIVERIES = (UPLOAD, PRIVATE, AUTHENTICATED)  # in the order in which a deleted picture may move
FOLDER = "gallery/"  # every asset of the gallery has this prefix
LIST_SIZE = 500
CONNECT_SECONDS = 3
UPLOAD_SECONDS = 60
CALL_SECONDS = 15
CHUNK_BYTES = 20_000_000  # larger files go in chunks, because the SDK reads each request's part into memory
LOOPBACK = ("127.0.0.1", "localhost", "::1")
BY_IDS = 100  # assets that one call of the Admin API may name

MAX_TOKENS = 5000  # half a kilobyte each
MAX_SHAPES = 1000  # of addresses, which are remembered
_OWN_NAME = re.compile(rf"{FOLDER}[0-9a-z]+")
_SAMPLE = f"{FOLDER}0"
_ASSET = re.compile(r"v\d+/(?P<public_id>.+?)(\.\w+)?")  # behind the delivery type, as uploads answer it
_NAMED = re.compile(r"(fl_attachment:)[^,/]*")  # a name that may come back in another spelling

# What the SDK's URL builder would otherwise take from its global configuration.
PLAIN_DELIVERY: dict[str, Any] = {
    "secure": True,
    "private_cdn": False,
    "cname": None,
    "secure_distribution": None,
    "cdn_subdomain": False,
    "secure_cdn_subdomain": None,
    "shorten": False,
    "use_root_path": False,
    "sign_url": False,
    "long_url_signature": False,
    "signature_algorithm": utils.SIGNATURE_SHA1,
    "auth_token": False,
    "force_version": True,
}


@dataclass(frozen=True)
class CloudAccess:
    """A cloud and how to reach it: by the gallery itself, by browsers that upload, and by everybody who looks."""

    cloud_name: str
    api_key: str
    api_secret: str = field(repr=False)
    upload_prefix: str = API_PREFIX
    browser_prefix: str = API_PREFIX
    delivery: Mapping[str, Any] = field(default_factory=dict)
    own: bool = False
    cdn_url: str = ""  # of a pull CDN in front of our own media service
    site_url: str = ""  # makes its addresses whole for readers who are on none of our pages
    token_key: str = field(default="", repr=False)  # hexadecimal; clouds that know no tokens have none
    terms: TokenTerms = TokenTerms()
    is_bulk: bool = False  # whether very many pictures are sent
    ahead: str = ""  # transformations that it makes after an upload, when it has nothing else to do
    # what its addresses have in common, kept by its copies
    shapes: dict[tuple[object, ...], tuple[str, str]] = field(default_factory=dict, repr=False, compare=False)

    def url(
        self,
        public_id: str,
        version: int,
        transformation: str = "",
        extension: str = "",
        delivery: str = UPLOAD,
        *,
        is_open: bool = False,
    ) -> str:
        """Delivery URL of an asset; of our own media service without host, unless a CDN stands in front.

        What is closed gets a token that ends, or a signature where the cloud knows no tokens. Of a picture that
        `is_open`, to everybody who has its page, it ends when it is so no more.
        """
        closed = delivery == AUTHENTICATED or (delivery == PRIVATE and is_original(transformation))
        if closed and not self.token_key:
            address = self._built(public_id, version, transformation, extension, delivery, sign_url=True)
        else:
            address = self._unsigned(public_id, version, transformation, extension, delivery)
        if closed and self.token_key:
            address = f"{address}?{self._token(address, transformation, is_open=is_open)}"
        if not self.own:
            return address
        path = _path(address)
        return f"{self.cdn_url}{path if closed else path.partition('?')[0]}"

    def _unsigned(
        self, public_id: str, version: int, transformation: str, extension: str, delivery: str
    ) -> str:
        """By the SDK; addresses that differ in version and name only are built once for all of them.

        That holds for the names that the gallery gives, in which nothing is escaped, and where no host depends on them.
        """
        if not (self.own and version and _OWN_NAME.fullmatch(public_id)):
            return self._built(public_id, version, transformation, extension, delivery)
        kind = (self.cloud_name, *self.delivery.items(), transformation, extension, delivery)
        if (shape := self.shapes.get(kind)) is None:
            head, _, tail = self._built(_SAMPLE, 1, transformation, extension, delivery).rpartition(
                f"/v1/{_SAMPLE}"
            )
            if len(self.shapes) >= MAX_SHAPES:  # edits and names of downloads have no end
                self.shapes.clear()
            shape = self.shapes[kind] = head, tail
        return f"{shape[0]}/v{version}/{public_id}{shape[1]}"

    def _built(
        self,
        public_id: str,
        version: int,
        transformation: str,
        extension: str,
        delivery: str,
        *,
        sign_url: bool = False,
    ) -> str:
        options: dict[str, Any] = {
            **PLAIN_DELIVERY,
            **self.delivery,
            "cloud_name": self.cloud_name,
            "version": version or None,
            "raw_transformation": transformation or None,
            "format": extension or None,
            "type": delivery,
            "sign_url": sign_url,
            "api_secret": self.api_secret,
        }
        address: str = utils.cloudinary_url(public_id, **options)[0]
        return address

    def _token(self, address: str, transformation: str, *, is_open: bool) -> str:
        """What opens an address until some hours from now; of a fitted picture, the other sizes of its edit, too.

        Without the edit an address would show what was cut off.
        """
        path, transformation = (_NAMED.sub(r"\1*", each) for each in (_path(address), transformation))
        if FITTED in transformation and not self.terms.is_exact:
            head, name = path.split("/authenticated/", 1)
            edit = transformation.rpartition(FITTED)[0]
            path = f"{head}/authenticated/{edit}{FITTED}*{name.removeprefix(transformation)}"
        until_private = OPEN if is_open and not self.terms.opens_private else ""
        until_hidden = self.terms.original_name if is_original(transformation) else ""
        acl = (path, *filter(None, [self.terms.name, until_private, until_hidden]))
        text, mark, digest = _signed(acl, self.terms.end(), self.token_key).rpartition("~hmac=")
        return f"{text}{mark}{digest[:SHORT_TOKEN_HMAC] if self.own else digest}"

    @property
    def delivery_prefix(self) -> str:
        """What stands before transformation, version and public_id in the address of an uploaded picture."""
        return self.url("a", 0).removesuffix("a")

    def path_of(self, url: str) -> str:
        """What follows `delivery_prefix` in an address of this cloud, by any name of its hosts; empty for any other."""
        parts, prefix = split_url(url), split_url(self.delivery_prefix)
        hosts = {prefix.netloc, split_url(self.site_url).netloc} - {""}
        here = self.own and parts.hostname in LOOPBACK
        if not here and re.sub(r"^res-\d\.", "res.", parts.netloc.lower()) not in hosts:
            return ""
        return parts.path.removeprefix(prefix.path) if parts.path.startswith(prefix.path) else ""

    def public_id_at(self, url: str) -> str:
        """The public_id of the asset whose original lies at this address; empty when it is none of this cloud."""
        match = _ASSET.fullmatch(self.path_of(url))
        return unquote(match["public_id"]) if match else ""

    def absolute(self, url: str) -> str:
        """A delivery URL with scheme and host."""
        return f"{self.site_url}{url}" if url.startswith("/") else url

    def delivery_origin(self) -> str:
        """Scheme and host from which pictures come; empty when it is the gallery's own."""
        address = self.url(_SAMPLE, 1)
        return origin(address) if "://" in address else ""

    def upload_origin(self) -> str:
        """Scheme and host to which browsers send uploads; empty when it is the gallery's own."""
        return origin(self.browser_prefix) if self.browser_prefix else ""

    def account(self) -> dict[str, Any]:
        """All that an SDK call needs to know about the account."""
        return {
            "cloud_name": self.cloud_name,
            "api_key": self.api_key,
            "api_secret": self.api_secret,
            "upload_prefix": self.upload_prefix,
            "signature_algorithm": utils.SIGNATURE_SHA256 if self.own else utils.SIGNATURE_SHA1,
            "signature_version": 2,
            "oauth_token": None,
        }


@lru_cache(MAX_TOKENS)
def _signed(acl: tuple[str, ...], until: int, key: str) -> str:
    """A token by the SDK, which takes as long for it as a page for its picture: pages are looked at again."""
    token: str = auth_token.generate(acl=list(acl), expiration=until, key=key)
    return token


def plain_address(cloud: CloudAccess, public_id: str, version: int, extension: str, delivery: str) -> str:
    """The whole address of a picture as it is written down: without what opens it, and open where that can be."""
    transformation, extension = made_anew(extension) if delivery == PRIVATE else ("", extension)
    address = cloud.url(public_id, version, transformation, extension, delivery)
    return cloud.absolute(address.partition("?")[0])


def upload_request(
    cloud: CloudAccess, public_id: str, delivery: str, filename: str = ""
) -> tuple[str, dict[str, str]]:
    """Address and signed fields with which a browser uploads one file, within the hour, as `public_id`."""
    params = {"public_id": public_id, "timestamp": str(int(time.time())), "overwrite": "0"}
    params |= asked(filename, cloud.ahead)
    if delivery != UPLOAD:
        params["type"] = delivery
    signed: dict[str, str] = utils.sign_request(params, cloud.account())
    return f"{cloud.browser_prefix}/v1_1/{cloud.cloud_name}/image/upload", signed


def is_answer_of(cloud: CloudAccess, public_id: str, version: int, signature: str) -> bool:
    """True when the cloud itself signed this upload's answer."""
    algorithm = utils.SIGNATURE_SHA256 if len(signature) == 64 else utils.SIGNATURE_SHA1
    signed = {"public_id": public_id, "version": version}
    expected: str = utils.api_sign_request(signed, cloud.api_secret, algorithm, signature_version=1)
    return hmac.compare_digest(expected.encode(), signature.encode(errors="surrogateescape"))


def send(
    cloud: CloudAccess,
    file: IO[bytes] | str,
    size: int,
    filename: str,
    public_id: str,
    *,
    delivery: str = UPLOAD,
) -> Mapping[str, Any]:
    """Upload a file of `size` bytes, or let the cloud fetch one by its http address; the cloud's answer."""
    options: dict[str, Any] = {
        **cloud.account(),
        "public_id": public_id,
        "filename": filename,
        "resource_type": "image",
        "type": delivery,
        "overwrite": False,
        **asked(filename, cloud.ahead),
        "timeout": Timeout(connect=CONNECT_SECONDS, read=UPLOAD_SECONDS),
        "extra_headers": BULK if cloud.own and cloud.is_bulk else {},
    }
    try:
        if size > CHUNK_BYTES:
            answer: Any = uploader.upload_large(file, **options, chunk_size=CHUNK_BYTES)
        else:
            answer = uploader.upload(file, **options, return_error=True)
    except refusals.Error as error:
        raise understood(error) from error
    if not isinstance(answer, dict):
        raise refused(502, "the answer is no JSON object")
    if refusal := answer.get("error"):
        raise refused(int(refusal.get("http_code") or 500), str(refusal.get("message")))
    return dict(answer)


def move(cloud: CloudAccess, public_id: str, before: str, after: str, name: str = "") -> int:
    """Give an asset another delivery type or another `name`, at the edges too; its new version.

    Whoever moved it already is believed.
    """
    timeout = Timeout(connect=CONNECT_SECONDS, read=CALL_SECONDS)
    try:
        answer = uploader.rename(
            public_id,
            name or public_id,
            **cloud.account(),
            resource_type="image",
            type=before,
            **({"to_type": after} if after != before else {}),
            invalidate=True,
            timeout=timeout,
        )
    except refusals.NotFound:
        answer = _found(cloud, name or public_id, after)
    except refusals.Error as error:
        raise understood(error) from error
    return int(answer["version"])


def look(cloud: CloudAccess, public_id: str, delivery: str) -> Answer:
    """What the cloud tells of a picture when it looks at its pixels: colours, and a hash of what it looks like."""
    return _found(cloud, public_id, delivery, phash=True, colors=True)


def camera(cloud: CloudAccess, public_id: str, delivery: str) -> Answer:
    """What the camera wrote into a picture's file, as the cloud reads it there."""
    return _found(cloud, public_id, delivery, image_metadata=True)


def _found(cloud: CloudAccess, public_id: str, delivery: str, **told: bool) -> Mapping[str, Any]:
    try:
        return dict(api.resource(public_id, **cloud.account(), **told, type=delivery, timeout=CALL_SECONDS))
    except refusals.Error as error:
        raise understood(error) from error


def destroy(cloud: CloudAccess, public_id: str, delivery: str = UPLOAD) -> None:
    """Delete an asset and every derived image, at the edges too; one that is not there is fine."""
    timeout = Timeout(connect=CONNECT_SECONDS, read=CALL_SECONDS)
    try:
        uploader.destroy(
            public_id,
            **cloud.account(),
            resource_type="image",
            type=delivery,
            invalidate=True,
            timeout=timeout,
        )
    except refusals.NotFound:
        return
    except refusals.Error as error:
        raise understood(error) from error


def assets(cloud: CloudAccess, delivery: str) -> Iterator[dict[str, datetime]]:
    """The gallery's assets of one delivery type, by and by: public_id and the time of its making."""
    cursor = None
    while True:
        options = {"type": delivery, "prefix": FOLDER, "max_results": LIST_SIZE, "next_cursor": cursor}
        try:
            answer = api.resources(**{**cloud.account(), **options}, timeout=CALL_SECONDS)
        except refusals.Error as error:
            raise understood(error) from error
        yield {each["public_id"]: datetime.fromisoformat(each["created_at"]) for each in answer["resources"]}
        cursor = answer.get("next_cursor")
        if not cursor:
            return


def asset(cloud: CloudAccess, public_id: str) -> Mapping[str, Any]:
    """What the cloud knows about an uploaded picture; BadRequest when there is none of that name."""
    return _found(cloud, public_id, UPLOAD, **dict.fromkeys(TOLD, True))


def existing(cloud: CloudAccess, public_ids: Sequence[str]) -> set[str]:
    """Those of these that are there."""
    parts = [list(public_ids[start : start + BY_IDS]) for start in range(0, len(public_ids), BY_IDS)]
    return {each for part in parts for delivery in DELIVERIES for each in _existing(cloud, part, delivery)}


def _existing(cloud: CloudAccess, public_ids: list[str], delivery: str) -> set[str]:
    options = {**cloud.account(), "type": delivery, "max_results": BY_IDS}
    try:
        answer = api.resources_by_ids(public_ids, **options, timeout=CALL_SECONDS)
    except refusals.Error as error:
        raise understood(error) from error
    return {each["public_id"] for each in answer["resources"]}


def answers(cloud: CloudAccess, seconds: float = 2) -> bool:
    """True when the cloud answers a ping with our key."""
    try:
        api.ping(**cloud.account(), timeout=seconds)
    except (refusals.Error, OSError, ValueError):
        return False
    return True


def origin(url: str) -> str:
    """Scheme and host of an address, as a Content-Security-Policy writes them."""
    parts = split_url(url)
    return f"{parts.scheme}://{parts.netloc}"


def _path(address: str) -> str:
    """What follows the host in an address as the SDK builds it: read sixty times for a page, so not as any address."""
    return address[address.index("/", address.index("//") + 2) :]
