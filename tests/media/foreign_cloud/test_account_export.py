"""An account goes out to another cloud: with its names, tags and texts, each byte once, through a proxy that fails."""

import cloudinary
import pytest
from cloudinary import api, uploader

from picturerail.media.foreign_cloud.address import CloudAddress
from picturerail.media.foreign_cloud.client import ForeignCloud
from picturerail.media.foreign_cloud.takeover import Takeover
from picturerail.media.maintenance.account import account_export
from picturerail.media.maintenance.account.account_export import AccountExport
from picturerail.media.maintenance.account.selection import AssetSelection
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.ingest import UploadOptions, ingest, inspect
from picturerail.outbound.client import OutboundClient
from picturerail.outbound.url import parse_remote
from tests.media.foreign_cloud.conftest import picture
from tests.media.foreign_cloud.unruly_proxy import UnrulyProxy
from tests.media.in_process import spooled
from tests.media_service import MediaService, empty

NAMES = ("a", "folder/b", "ภูเก็ต é", "d")


def fill(media: Media) -> None:
    """Assets of each type, with something of everything."""
    for number, name in enumerate(NAMES):
        file = spooled(media, picture(number))
        kind, facts = inspect(media, file, "image")
        of_type = ("upload", "private", "authenticated", "upload")[number]
        attributes = {
            "tags": ["all", f"n{number}"],
            "context": {"alt": f"Number {number}", "caption": "a=b|c"},
            "metadata": {"colour": "blue", "unknown there": "x"},
            "display_name": f"Picture {number}",
        }
        ingest(media, file, facts, UploadOptions(kind, of_type, name, name, attributes=attributes))
    file = spooled(media, b"some words" * 10)
    kind, facts = inspect(media, file, "raw")
    ingest(media, file, facts, UploadOptions(kind, "upload", "notes/a.txt", "a.txt"))


def sent(media: Media, proxy: UnrulyProxy) -> list[Takeover]:
    address = CloudAddress.parse(proxy.cloudinary_url(), "--url")
    client = OutboundClient.to(parse_remote(address.api), 30, media.spool, 10**7)
    cloud = ForeignCloud(address, client, proxy.sleep)
    described = {"a": {"tags": ("all", "sea"), "context": {"caption": "Of the gallery", "said": "yes"}}}
    export = AccountExport(
        media, cloud, AssetSelection(), lambda asset: described.get(asset.public_id, {}), proxy.sleep
    )
    return list(export.run())


def outcomes(results: list[Takeover]) -> dict[str, str]:
    return {each.name.split("/", 2)[2]: each.outcome for each in results}


def test_an_account_goes_out_whole_and_each_byte_once(
    cloud: MediaService, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty(cloud.records)
    cloudinary.config(**cloud.sdk_config)
    api.add_metadata_field({"external_id": "colour", "type": "string", "label": "Colour"})
    fill(media)
    with UnrulyProxy(cloud.port, share=0.2) as proxy:
        assert set(outcomes(sent(media, proxy)).values()) == {"taken"}
        assert proxy.calls["failed"] > 0
        proxy.share = 0.0
        there = {each["public_id"]: each for each in cloud.records["assets"].find()}
        here = {each.public_id: each for each in assets.find_each(media.database, {})}
        assert there.keys() == here.keys() == {*NAMES, "notes/a.txt"}
        for name, asset in here.items():
            same = ("etag", "type", "resource_type", "bytes")
            assert {each: there[name][each] for each in same} == {each: getattr(asset, each) for each in same}
        assert there["folder/b"]["context"] == {"alt": "Number 1", "caption": "a=b|c"}
        assert there["folder/b"]["metadata"] == {"colour": "blue"}, "what has no field there is left out"
        assert (there["d"]["tags"], there["d"]["display_name"]) == (["all", "n3"], "Picture 3")
        assert sorted(there["a"]["tags"]) == ["all", "n0", "sea"]
        assert there["a"]["context"] == {"alt": "Number 0", "caption": "a=b|c", "said": "yes"}
        proxy.calls.clear()
        assert set(outcomes(sent(media, proxy)).values()) == {"skipped"}
        assert proxy.calls["other"] == 0, "what is there was sent again"

        uploader.replace_tag("else", ["d"])
        uploader.upload(picture(50), public_id="a")  # by somebody else
        monkeypatch.setattr(account_export, "CHUNK", 5_000_000)
        again = outcomes(sent(media, proxy))
        assert {name for name, outcome in again.items() if outcome == "taken"} == {"a", "d"}
        there = {each["public_id"]: each for each in cloud.records["assets"].find()}
        assert (there["a"]["etag"], there["d"]["tags"]) == (here["a"].etag, ["all", "n3"])
