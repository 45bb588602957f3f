"""A whole account moves from one cloud to another, through a proxy that fails and limits on purpose."""

import math
import os
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import cloudinary
import pytest
from cloudinary import uploader

from picturerail.errors import StartupError, Unavailable
from picturerail.media.asset import Identity
from picturerail.media.foreign_cloud import client as foreign_client
from picturerail.media.foreign_cloud import takeover
from picturerail.media.foreign_cloud.address import CloudAddress
from picturerail.media.foreign_cloud.client import ForeignCloud
from picturerail.media.foreign_cloud.foreign_asset import ForeignAsset
from picturerail.media.foreign_cloud.takeover import Takeover
from picturerail.media.maintenance.account import account_import
from picturerail.media.maintenance.account.account_import import AccountImport
from picturerail.media.maintenance.account.comparison import compare
from picturerail.media.maintenance.account.selection import AssetSelection
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.deletion import remove
from picturerail.media.transformations.long_names import from_long_names, in_long_names
from picturerail.outbound.client import OutboundClient
from picturerail.outbound.url import parse_remote
from tests.media.foreign_cloud.conftest import DEFINED, PICTURES, picture
from tests.media.foreign_cloud.unruly_proxy import UnrulyProxy
from tests.media.in_process import put
from tests.media_service import MediaService

EVERYTHING = AssetSelection()


@pytest.fixture
def other(media: Media) -> Media:
    """Where the account is to come to."""
    return media


def reached(other: Media, proxy: UnrulyProxy) -> ForeignCloud:
    address = CloudAddress.parse(proxy.cloudinary_url(), "--url")
    client = OutboundClient.to(parse_remote(address.api), 30, other.spool, 10**7)
    return ForeignCloud(address, client, proxy.sleep)


def taken(other: Media, proxy: UnrulyProxy, selection: AssetSelection = EVERYTHING) -> list[Takeover]:
    return list(AccountImport(other, reached(other, proxy), selection).run())


def outcomes(results: list[Takeover]) -> Counter[str]:
    return Counter(each.outcome for each in results)


def verdicts(
    other: Media, proxy: UnrulyProxy, selection: AssetSelection = EVERYTHING
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in compare(other, reached(other, proxy), selection):
        found.setdefault(each.verdict, []).append(f"{each.name} {each.why}".strip())
    return found


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(foreign_client, "PAGE", 5)
    return 5


def test_an_account_moves_whole_although_calls_fail_and_are_limited(
    account: MediaService, other: Media, small_pages: int
) -> None:
    with UnrulyProxy(account.port, share=0.1, limit=7) as proxy:
        results = taken(other, proxy)
        assert outcomes(results) == {"taken": PICTURES + 1 + DEFINED}, results
        made, failed = proxy.calls["admin"], proxy.calls["failed"]
        assert failed > 0
        assert proxy.hours > 0
        assert proxy.calls["limited"] == 0, "a call was wasted although the limit was told"
        # fields, rules, transformations and one in detail, presets, mappings, profiles and one in detail, folders;
        # and the pages of assets
        least = 9 + math.ceil((PICTURES + 1) / small_pages)
        assert made - failed <= 1.1 * least
        proxy.share, proxy.limit = 0.0, 10**9
        proxy.sleep(3600)
        assert verdicts(other, proxy).keys() == {"equal"}
        proxy.calls.clear()
        again = taken(other, proxy)
        assert outcomes(again) == {"skipped": PICTURES + 1 + DEFINED}
        assert proxy.calls["other"] == 0, "what is here was loaded again"


def test_bytes_versions_and_ids_are_those_of_the_other_side(account: MediaService, other: Media) -> None:
    with UnrulyProxy(account.port) as proxy:
        taken(other, proxy, AssetSelection(prefix="shop/005"))
    here = assets.find(other.database, Identity("image", "authenticated", "shop/005"))
    there = account.records["assets"].find_one({"public_id": "shop/005"})
    assert here is not None
    assert there is not None
    with other.originals.open(here.original) as file:
        assert file.read() == picture(5)
    names = ("asset_id", "version", "access_mode", "tags", "context", "metadata")
    # as the Admin API tells them
    told = {name: there[name] for name in names} | {"tags": sorted(there["tags"])}
    assert {name: here.document[name] for name in names} == told
    assert here.created_at == there["created_at"].replace(microsecond=0)  # as exactly as it is told


@pytest.mark.parametrize(
    ("selection", "count"),
    [
        (AssetSelection(prefix="shop/"), 12),
        (AssetSelection(prefix="é 00"), 5),
        (AssetSelection(tag="n1"), 6),
        (AssetSelection(tag="all"), PICTURES + 1),
        (AssetSelection(prefix="shop/", tag="n1"), 6),
        (AssetSelection(since=datetime(2100, 1, 1, tzinfo=UTC)), 0),
        (AssetSelection(since=datetime(2000, 1, 1, tzinfo=UTC)), PICTURES + 1),
    ],
)
def test_a_part_of_an_account_is_taken(
    account: MediaService, other: Media, selection: AssetSelection, count: int
) -> None:
    with UnrulyProxy(account.port) as proxy:
        results = [each for each in taken(other, proxy, selection) if "/" in each.name.split(" ")[0]]
        assert outcomes(results) == ({"taken": count} if count else {})
        assert verdicts(other, proxy, selection).keys() == {"equal"}


def test_a_stopped_import_goes_on_at_its_page(account: MediaService, other: Media, small_pages: int) -> None:
    with UnrulyProxy(account.port) as proxy:
        stopped = AccountImport(other, reached(other, proxy), EVERYTHING).run()
        list(islice(stopped, DEFINED + 2 * small_pages + 3))
        del stopped
        proxy.calls.clear()
        results = taken(other, proxy)
        assert (
            outcomes(results)["taken"]
            == PICTURES + 1 - 2 * small_pages - outcomes(results)["skipped"] + DEFINED
        )
        assert proxy.calls["admin"] == 7 + math.ceil((PICTURES + 1) / small_pages) - 2
        assert verdicts(other, proxy).keys() == {"equal"}


def test_a_cursor_that_is_known_no_more_begins_anew(account: MediaService, other: Media) -> None:
    with UnrulyProxy(account.port) as proxy:
        importing = AccountImport(other, reached(other, proxy), EVERYTHING)
        importing._keep("a cursor of yesterday")
        assert outcomes(list(importing.run())) == {"taken": PICTURES + 1 + DEFINED}
        assert importing._kept() == ""


def test_what_failed_before_a_stop_is_tried_again(
    account: MediaService, other: Media, small_pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failed = takeover.take, list[str]()

    def unlucky(media: Media, cloud: ForeignCloud, told: ForeignAsset, *, again: bool) -> Takeover:
        if failed:
            return real(media, cloud, told, again=again)
        failed.append(told.name)
        return Takeover(told.name, "failed", "not now")

    with UnrulyProxy(account.port) as proxy:
        monkeypatch.setattr(account_import, "take", unlucky)
        stopped = AccountImport(other, reached(other, proxy), EVERYTHING).run()
        list(islice(stopped, DEFINED + 2 * small_pages + 3))
        del stopped
        assert failed[0] in {each.name for each in taken(other, proxy) if each.outcome == "taken"}
        assert verdicts(other, proxy).keys() == {"equal"}


def test_an_import_that_was_stopped_long_ago_looks_at_all_again(
    account: MediaService, other: Media, small_pages: int
) -> None:
    with UnrulyProxy(account.port) as proxy:
        importing = AccountImport(other, reached(other, proxy), EVERYTHING)
        stopped = importing.run()
        list(islice(stopped, DEFINED + 2 * small_pages + 3))
        del stopped
        assert importing._kept()
        other.database["assets"].update_one({"public_id": "é 000"}, {"$set": {"taken": "of another time"}})
        os.utime(importing._place, (0, 0))
        assert "image/upload/é 000" in {each.name for each in taken(other, proxy) if each.outcome == "taken"}


def test_what_came_lazily_and_was_replaced_there_gets_bytes_and_version_of_there(
    account: MediaService, other: Media
) -> None:
    """Its version here is of the moment when it came, which may be later than the one of the new bytes there."""
    with UnrulyProxy(account.port) as proxy:
        for name in ("é 000", "shop/003"):
            content = picture(3 if name == "shop/003" else 200)  # of the one also the bytes are old
            stale = put(other, name, content)
            lazily = {"taken": takeover.LAZILY, "version": stale.version + 1000}
            other.database["assets"].update_one({"public_id": name}, {"$set": lazily})
        others = {each.name for each in taken(other, proxy) if each.outcome != "taken"}
        assert others == {"folder shop"}, "which came with the first"
        assert verdicts(other, proxy).keys() == {"equal"}
        assert outcomes(taken(other, proxy)) == {"skipped": PICTURES + 1 + DEFINED}


def test_both_sides_are_compared_field_by_field(account: MediaService, other: Media) -> None:
    with UnrulyProxy(account.port) as proxy:
        taken(other, proxy)
        change: dict[str, dict[str, Any]] = {
            "shop/001": {"tags": ["else"]},
            "shop/003": {"metadata": {"colour": "red"}},
            "shop/005": {"access_mode": "public"},
            "shop/007": {"access_control": [], "version": 5},
            "notes/a.txt": {"etag": "0" * 32},
        }
        for public_id, values in change.items():
            other.database["assets"].update_one({"public_id": public_id}, {"$set": values})
        other.database["assets"].delete_one({"public_id": "shop/009"})
        other.database["transformations"].update_one({"_id": "thumb"}, {"$set": {"text": "w_10"}})
        put(other, "mine", picture(99))
        found = verdicts(other, proxy)
    assert sorted(found["different"]) == [
        "image/authenticated/shop/005 access_mode",
        "image/private/shop/001 tags",
        "image/private/shop/007 version, access_control",
        "image/upload/shop/003 metadata",
        "named transformation thumb text",
        "raw/upload/notes/a.txt etag",
    ]
    assert found["missing"] == ["image/upload/shop/009"]
    assert found["only here"] == ["image/upload/mine"]


def test_what_was_done_here_since_is_kept(account: MediaService, other: Media) -> None:
    with UnrulyProxy(account.port) as proxy:
        taken(other, proxy)
        mine = put(other, "é 000", picture(200))
        other.database["assets"].update_one({"public_id": "shop/001"}, {"$set": {"tags": ["mine"]}})
        assert outcomes(taken(other, proxy)) == {"skipped": PICTURES + 1 + DEFINED}
    kept = assets.find(other.database, mine.identity)
    assert kept is not None
    assert kept.etag == mine.etag
    edited = other.database["assets"].find_one({"public_id": "shop/001"})
    assert edited is not None
    assert edited["tags"] == ["mine"]


def test_what_was_deleted_or_renamed_here_comes_again_only_when_asked_for(
    account: MediaService, other: Media
) -> None:
    shop = AssetSelection(prefix="shop/00")
    with UnrulyProxy(account.port) as proxy:
        assert outcomes(taken(other, proxy, shop))["taken"] == 5 + DEFINED - 3
        for name, kind in (("shop/003", "upload"), ("shop/005", "authenticated")):
            asset = assets.find(other.database, Identity("image", kind, name))
            assert asset is not None
            if name == "shop/003":
                put(other, name, picture(200))  # replaced first: what it was since does not matter
                asset = assets.find(other.database, asset.identity)
                assert asset is not None
                assert remove(other, asset)
            else:
                assert assets.move(other.database, asset, Identity("image", kind, "elsewhere"))
        results = {each.name: each for each in taken(other, proxy, shop)}
        for name in ("image/upload/shop/003", "image/authenticated/shop/005"):
            assert (results[name].outcome, results[name].why) == ("skipped", takeover.LEFT)
        again = list(AccountImport(other, reached(other, proxy), shop, again=True).run())
        assert [each.name for each in again if each.outcome == "taken"] == [
            "image/upload/shop/003",
            "image/authenticated/shop/005",
        ]


def test_what_changed_there_is_taken_again(account: MediaService, other: Media) -> None:
    with UnrulyProxy(account.port) as proxy:
        taken(other, proxy)
        cloudinary.config(**account.sdk_config)
        uploader.add_tag("later", ["shop/003"])
        uploader.upload(picture(77), public_id="shop/015", tags=["all"])
        assert outcomes(taken(other, proxy))["taken"] == 2
        assert verdicts(other, proxy).keys() == {"equal"}


def test_a_cloud_that_never_answers_is_given_up() -> None:
    pauses: list[float] = []
    address = CloudAddress.parse("cloudinary://k:s@c?upload_prefix=http://127.0.0.1:9", "--url")
    cloud = ForeignCloud(address, OutboundClient.to(parse_remote(address.api), 5), pauses.append)
    with pytest.raises(Unavailable, match=r"Error calling resources/image: .*\(8 tries\)"):
        cloud.call("resources/image")
    assert pauses == sorted(pauses)
    assert len(pauses) == 7


def test_a_wrong_key_is_told_at_once(account: MediaService) -> None:
    with UnrulyProxy(account.port) as proxy:
        address = CloudAddress.parse(proxy.cloudinary_url().replace("secret", "guess"), "--url")
        cloud = ForeignCloud(address, OutboundClient.to(parse_remote(address.api), 5), proxy.sleep)
        with pytest.raises(StartupError, match="Check key, secret and cloud name"):
            cloud.call("resources/image")
        assert proxy.calls["admin"] == 1


@pytest.mark.parametrize(
    ("url", "api", "delivery"),
    [
        ("cloudinary://k:s@c", "https://api.cloudinary.com", "https://res.cloudinary.com"),
        (
            "cloudinary://k:s@c?upload_prefix=https://api-eu.cloudinary.com",
            "https://api-eu.cloudinary.com",
            "https://res.cloudinary.com",
        ),
        ("cloudinary://k:s@c?upload_prefix=http://h:1&cname=d:2", "http://h:1", "http://d:2"),
        ("cloudinary://k:s@c?upload_prefix=https://h&secure_distribution=d", "https://h", "https://d"),
        ("cloudinary://k:s@c?upload_prefix=http://h:1/", "http://h:1", "http://h:1"),
    ],
)
def test_where_an_account_is_reached(url: str, api: str, delivery: str) -> None:
    address = CloudAddress.parse(url, "--url")
    assert (address.cloud_name, address.api_key, address.api_secret) == ("c", "k", "s")
    assert (address.api, address.delivery) == (api, delivery)


@pytest.mark.parametrize(
    "text",
    ["c_fill,h_100,w_1.5/e_sepia:50/f_auto,q_auto", "t_thumb", "l_a:b,w_10/fl_layer_apply", "$a_10/w_$a"],
)
def test_long_names_are_read_back(text: str) -> None:
    assert from_long_names(in_long_names(text)) == text


def test_another_clouds_spellings_of_a_transformation_are_read() -> None:
    told: list[dict[str, Any]] = [
        {"width": 100, "flags": ["lossy", "progressive"]},
        {"raw_transformation": "e_blur:50"},
    ]
    assert from_long_names(told) == "w_100,fl_lossy.progressive/e_blur:50"
