"""An account goes out to another cloud: with its names, tags and texts, each byte once, through a proxy that fails."""

import cloudinary
import pytest
from cloudinary import api, uploader

from picturerail.media.account import streaming_profiles
from picturerail.media.foreign_cloud.address import CloudAddress
from picturerail.media.foreign_cloud.client import ForeignCloud
from picturerail.media.foreign_cloud.takeover import Takeover
from picturerail.media.http.params import Params
from picturerail.media.maintenance.account import account_export
from picturerail.media.maintenance.account.account_export import AccountExport
from picturerail.media.maintenance.account.comparison import compare
from picturerail.media.maintenance.account.selection import AssetSelection
from picturerail.media.metadata import fields
from picturerail.media.metadata.definitions import new_definition
from picturerail.media.metadata.rule_definitions import new_rule
from picturerail.media.service import Media
from picturerail.media.store import assets, folders
from picturerail.media.store.ingest import UploadOptions, ingest, inspect
from picturerail.media.transformations import registry
from picturerail.media.upload import presets
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
    cloud = reached(media, proxy)
    described = {"a": {"tags": ("all", "sea"), "context": {"caption": "Of the gallery", "said": "yes"}}}
    export = AccountExport(
        media, cloud, AssetSelection(), lambda asset: described.get(asset.public_id, {}), proxy.sleep
    )
    return list(export.run())


def define(media: Media) -> None:
    """Something of each kind, and a list whose values are told by assets."""
    db = media.database
    fields.insert(db, new_definition({"external_id": "colour", "type": "string", "label": "Colour"}))
    sizes = [{"external_id": each, "value": each.upper()} for each in ("s", "m", "l")]
    listed = {"external_id": "size", "type": "enum", "label": "Size", "datasource": {"values": sizes}}
    fields.insert(db, new_definition(listed))
    fields.insert(db, new_definition({"external_id": "year", "type": "integer", "label": "Year"}))
    rule = {"metadata_field_id": "colour", "populated": False}
    result = {"apply_value": {"value": "x", "mode": "default"}}
    body = {"metadata_field_id": "colour", "name": "grey if none", "condition": rule, "result": result}
    fields.insert_rule(db, new_rule(body))
    registry.create(db, "thumb", "c_fill,h_100,w_100/e_sepia:50", allowed_for_strict=False)
    settings = {"folder": "site", "tags": "a,b", "context": "alt=b|c=d", "transformation": "c_limit,w_900"}
    presets.create(db, Params({"name": "web", "unsigned": "true", **settings}))
    db["upload_mappings"].insert_one({"folder": "far", "template": "https://example.com/images/"})
    streaming_profiles.keep(media, "small", "Small", ["c_limit,h_270,w_480", "c_limit,h_240,w_320"])
    folders.ensure(db, "empty folder")


def reached(media: Media, proxy: UnrulyProxy) -> ForeignCloud:
    address = CloudAddress.parse(proxy.cloudinary_url(), "--url")
    client = OutboundClient.to(parse_remote(address.api), 30, media.spool, 10**7)
    return ForeignCloud(address, client, proxy.sleep)


def test_what_an_account_defines_goes_first_and_values_find_their_fields(
    cloud: MediaService, media: Media
) -> None:
    empty(cloud.records)
    cloudinary.config(**cloud.sdk_config)
    listed = {"values": [{"external_id": "s", "value": "S"}]}
    api.add_metadata_field({"external_id": "size", "type": "enum", "label": "Size", "datasource": listed})
    api.add_metadata_field({"external_id": "year", "type": "date", "label": "Year"})
    define(media)
    for number, metadata in enumerate([{"colour": "blue", "size": "l"}, {"size": "m", "year": 1999}, {}]):
        file = spooled(media, picture(number))
        kind, facts = inspect(media, file, "image")
        name = f"p{number}"
        ingest(
            media, file, facts, UploadOptions(kind, "upload", name, name, attributes={"metadata": metadata})
        )
    with UnrulyProxy(cloud.port, share=0.2) as proxy:
        results = {each.name: each for each in sent(media, proxy)}
        assert proxy.calls["failed"] > 0
        failed = {name: each.why for name, each in results.items() if each.outcome == "failed"}
        assert failed == {"metadata field year": "is there already, of the type date"}
        assert results["metadata field size"].why == "what its list lacked there was added"
        assert "no metadata field there: year" in results["image/upload/p1"].why
        there = {each["public_id"]: each["metadata"] for each in cloud.records["assets"].find()}
        assert there == {"p0": {"colour": "blue", "size": "l"}, "p1": {"size": "m"}, "p2": {}}
        assert [each["name"] for each in cloud.records["metadata_rules"].find()] == ["grey if none"]

        proxy.share = 0.0
        again = [each for each in sent(media, proxy) if each.outcome != "skipped"]
        assert [each.name for each in again] == ["metadata field year"]
        compared = {each.name: each for each in compare(media, reached(media, proxy), AssetSelection())}
    unequal = {name: each.why for name, each in compared.items() if each.verdict != "equal"}
    assert unequal.keys() == {"metadata field year", "image/upload/p0", "image/upload/p1", "image/upload/p2"}
    assert unequal["metadata field year"] == "type"
    assert all("metadata" not in unequal[f"image/upload/{name}"] for name in ("p0", "p2"))
    kinds = {name.rpartition(" ")[0] for name in compared} - {""}
    assert {"named transformation", "upload preset", "upload mapping", "streaming profile"} <= kinds


def outcomes(results: list[Takeover]) -> dict[str, str]:
    """Of the assets."""
    return {each.name.split("/", 2)[2]: each.outcome for each in results if each.name.count("/") > 1}


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
