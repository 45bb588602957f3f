"""Take an account out to another cloud by the official SDK: what is there as it is here is passed over."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import cloudinary.exceptions
import urllib3
from cloudinary import uploader

from picturerail.errors import PicturerailError
from picturerail.media.asset import Asset, Identity
from picturerail.media.foreign_cloud.client import ForeignCloud
from picturerail.media.foreign_cloud.foreign_asset import RESOURCE_TYPES, ForeignAsset
from picturerail.media.foreign_cloud.takeover import Takeover
from picturerail.media.maintenance.account.account_import import asset_pages
from picturerail.media.maintenance.account.definition_export import DefinitionExport
from picturerail.media.maintenance.account.definitions import FOLDERS, KINDS, RULES
from picturerail.media.maintenance.account.selection import AssetSelection
from picturerail.media.metadata import fields
from picturerail.media.service import Media
from picturerail.media.store import assets

AT_ONCE = 4  # assets on their way
TRIES = 4
CHUNK = 20 * 1024 * 1024  # bytes; larger files are sent in parts of this size
FINAL = (  # not worth another try; a broken connection is an Error of no kind
    cloudinary.exceptions.AlreadyExists,
    cloudinary.exceptions.AuthorizationRequired,
    cloudinary.exceptions.BadRequest,
    cloudinary.exceptions.NotAllowed,
    cloudinary.exceptions.NotFound,
)
DESCRIBED = ("tags", "context", "metadata")  # what is compared beside the bytes

Described = Mapping[str, Any]


@dataclass(frozen=True)
class AccountExport:
    """One account, whole or in part, on its way to another cloud. `described` says more of an asset than it does."""

    media: Media
    cloud: ForeignCloud
    selection: AssetSelection
    described: Callable[[Asset], Described] = lambda _: {}
    sleep: Callable[[float], None] = time.sleep
    _options: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """The account as the SDK is told of it, in each call: it has no state of ours."""
        address = self.cloud.address
        options = {
            "cloud_name": address.cloud_name,
            "api_key": address.api_key,
            "api_secret": address.api_secret,
            "upload_prefix": address.api,
        }
        object.__setattr__(self, "_options", options)

    def run(self) -> Iterator[Takeover]:
        """What became of each definition and asset, as it is done. May be stopped at any moment and run again.

        Metadata rules come last: they are for what is changed by hand, and shall not change what is sent.
        """
        definitions = DefinitionExport(self.media, self.cloud, self._options, self.sleep)
        kinds = (*KINDS, *((FOLDERS,) if self.selection.is_everything else ()))
        for kind in (each for each in kinds if each.noun != RULES):
            yield from definitions.run(kind)
        yield from self._assets(self._fitting(definitions.fields))
        for kind in (each for each in kinds if each.noun == RULES):
            yield from definitions.run(kind)

    def _fitting(self, there: Mapping[str, str]) -> set[str]:
        """The metadata fields that mean the same on both sides, or are defined there only."""
        here = {str(each["external_id"]): each["type"] for each in fields.every(self.media.database)}
        return {name for name, kind in there.items() if here.get(name, kind) == kind}

    def _assets(self, known: set[str]) -> Iterator[Takeover]:
        there = dict[Identity, ForeignAsset]()
        for found, _ in asset_pages(self.cloud, self.selection):
            there |= {each.identity: each for each in map(ForeignAsset.parse, found)}
        query = self.selection.query() | {"resource_type": {"$in": list(RESOURCE_TYPES)}}
        with ThreadPoolExecutor(AT_ONCE, "export") as pool:
            batch: list[Asset] = []
            for asset in assets.find_each(self.media.database, query):
                batch.append(asset)
                if len(batch) == AT_ONCE:
                    yield from pool.map(partial(self._take_out, there, known), batch)
                    batch.clear()
            yield from pool.map(partial(self._take_out, there, known), batch)

    def _take_out(self, there: Mapping[Identity, ForeignAsset], fitting: set[str], asset: Asset) -> Takeover:
        name = f"{asset.resource_type}/{asset.type}/{asset.public_id}"
        known, told = there.get(asset.identity), self._told(asset, fitting)
        lost = sorted(asset.metadata.keys() - told["metadata"].keys())
        left = f"without what has no metadata field there: {', '.join(lost)}" if lost else ""
        has_bytes = known is not None and known.etag == asset.etag
        if known and has_bytes and all(_same(known.attributes[key], told[key]) for key in DESCRIBED):
            return Takeover(name, "skipped", left or "is there already")
        step = (
            partial(self._describe, asset, told, known)
            if known and has_bytes
            else partial(self._upload, asset, told)
        )
        try:
            self._persistently(step)
        except (
            cloudinary.exceptions.Error,
            urllib3.exceptions.HTTPError,
            PicturerailError,
            OSError,
        ) as error:
            return Takeover(name, "failed", str(error))
        return Takeover(name, "taken", left)

    def _told(self, asset: Asset, fitting: set[str]) -> dict[str, Any]:
        """All that is said of an asset; of its metadata what the other cloud has a field for."""
        told: dict[str, Any] = {"tags": list(asset.tags), "context": dict(asset.context)}
        more = self.described(asset)
        told["tags"] = list(dict.fromkeys([*told["tags"], *more.get("tags", ())]))
        told["context"] = {**more.get("context", {}), **told["context"]}
        told["metadata"] = {key: value for key, value in asset.metadata.items() if key in fitting}
        return told

    def _upload(self, asset: Asset, told: Mapping[str, Any]) -> None:
        """Send the bytes with all that is said; what has the name there is replaced."""
        given = {
            **{name: value for name, value in told.items() if value},
            "resource_type": asset.resource_type,
            "type": asset.type,
            "public_id": asset.public_id,
            "overwrite": True,
            "invalidate": True,
            "display_name": asset.display_name,
            "access_mode": asset.access_mode,
            "access_control": [dict(each) for each in asset.access_control],
            "asset_folder": asset.asset_folder or "",
        }
        options = {name: value for name, value in given.items() if value} | self._options
        with self.media.originals.local(asset.original) as path:
            if asset.bytes > CHUNK:
                answer = uploader.upload_large(str(path), chunk_size=CHUNK, **options)
            else:
                answer = uploader.upload(str(path), **options)
        if answer.get("etag") not in (None, asset.etag):
            raise OSError(f"the other cloud has other bytes ({answer['etag']}) than were sent ({asset.etag})")

    def _describe(self, asset: Asset, told: Mapping[str, Any], known: ForeignAsset) -> None:
        """Say of bytes that are there what is said here; an empty list is a call of its own."""
        options = {"type": asset.type, "resource_type": asset.resource_type, **self._options}
        if known.attributes["tags"] and not told["tags"]:
            uploader.remove_all_tags([asset.public_id], **options)
        if known.attributes["context"] and not told["context"]:
            uploader.remove_all_context([asset.public_id], **options)
        uploader.explicit(
            asset.public_id, **{name: value for name, value in told.items() if value}, **options
        )

    def _persistently(self, step: Callable[[], None]) -> None:
        for tries_left in reversed(range(TRIES)):
            try:
                step()
            except (cloudinary.exceptions.Error, urllib3.exceptions.HTTPError) as error:
                if not tries_left or isinstance(error, FINAL):
                    raise
                self.sleep(2.0 ** (TRIES - tries_left))
            else:
                return


def _same(there: Any, here: Any) -> bool:  # noqa: ANN401
    """Tags have no order, values come back as text, and what only the other side has a field for stays."""
    if isinstance(here, list):
        return sorted(map(str, there)) == sorted(map(str, here))
    return bool(here) == bool(there) and all(str(there.get(key)) == str(value) for key, value in here.items())
