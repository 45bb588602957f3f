"""Addresses of a page are built once for all of its pictures: each is the one that the SDK builds for it alone."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from cloudinary import auth_token

from picturerail.gallery.cloud import AUTHENTICATED, DELIVERIES, MAX_SHAPES, UPLOAD, CloudAccess
from picturerail.gallery.pictures import view
from picturerail.gallery.pictures.create import new_public_id
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.token_terms import TokenTerms

OWN = CloudAccess("picturerail", "key", "secret", "", "", own=True, token_key="00" * 32)
NAMES = (
    "gallery/0a1b2c3d4e5f6g7h8i9j",
    "gallery/ä b",
    "gallery/a/b",
    "shop/shoes.v2",
    "gallery/a%20b",
    "gallery/0",
)
TEXTS = ("", "c_limit,w_{w}", "l_v1:gallery/0", "a_90/c_fit,h_10", "v1/gallery/0")


@pytest.mark.parametrize(
    "cloud", [OWN, replace(OWN, cdn_url="https://cdn.example"), replace(OWN, token_key="")]
)
def test_each_is_what_the_sdk_builds(cloud: CloudAccess) -> None:
    cases = list(product(NAMES, (0, 1, 1795977298), TEXTS, ("", "jpg"), DELIVERIES))
    one_for_all = [without_token(cloud.url(*case)) for case in cases]
    alone = [without_token(replace(cloud, shapes={}).url(*case)) for case in cases]
    for found, expected, case in zip(one_for_all, alone, cases, strict=True):
        assert found == expected
        built = cloud._built(*case)
        assert found.removeprefix("https://cdn.example").partition("/s--")[0] in built, case


def test_pages_ask_the_sdk_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, real = [], CloudAccess._built

    def counted(cloud: CloudAccess, *given: Any, **more: Any) -> str:
        asked.append(given)
        return real(cloud, *given, **more)

    monkeypatch.setattr(CloudAccess, "_built", counted)
    cloud = replace(OWN, shapes={})
    names = [new_public_id() for _ in range(60)]
    urls = [cloud.url(name, 7 + at, "c_limit,w_{w}", "", UPLOAD) for at, name in enumerate(names)]
    assert urls[1] == f"/picturerail/image/upload/c_limit,w_{{w}}/v8/{names[1]}"
    assert replace(cloud, site_url="https://here.example").url(names[0], 7, "c_limit,w_{w}") == urls[0]
    assert len(asked) == 1


def test_what_is_remembered_of_addresses_has_an_end() -> None:
    cloud = replace(OWN, shapes={})
    for width in range(2 * MAX_SHAPES):
        assert cloud.url(NAMES[0], 1, f"w_{width}").split("/")[4] == f"w_{width}"
    assert len(cloud.shapes) <= MAX_SHAPES


def test_another_cloud_shares_nothing() -> None:
    cloud = replace(OWN, shapes={})
    cloud.url(NAMES[0], 1)
    assert replace(cloud, cloud_name="other").url(NAMES[0], 1) == f"/other/image/upload/v1/{NAMES[0]}"
    rooted = replace(cloud, delivery={"use_root_path": True})
    assert rooted.url(NAMES[0], 1) == f"/picturerail/v1/{NAMES[0]}"


def without_token(address: str) -> str:
    """A token ends at another second than the next one."""
    return address.partition("?")[0]


def test_signatures_are_made_for_each_address() -> None:
    cloud = replace(OWN, token_key="")
    one, other = (cloud.url(name, 1, "", "", AUTHENTICATED) for name in (NAMES[0], NAMES[-1]))
    assert one.split("/")[4] != other.split("/")[4]
    assert one.split("/")[4].startswith("s--")


@pytest.mark.parametrize("cloud", [replace(OWN, token_key=""), replace(OWN, terms=TokenTerms(is_exact=True))])
def test_each_width_of_a_cut_picture_is_opened_by_itself(cloud: CloudAccess) -> None:
    known: dict[str, Any] = {
        "public_id": NAMES[0],
        "version": 1,
        "width": 4000,
        "height": 3000,
        "delivery": AUTHENTICATED,
    }
    tile = view.show(Picture(id="1", edit="c_crop,w_700,h_500,x_0,y_0", **known), cloud)
    listed = tile.large_srcset.split(", ")
    assert [each.split()[1] for each in listed] == ["640w", "700w"]
    for address in (*(each.split()[0] for each in listed), tile.src, tile.large_src):
        assert address in tile.signed.values()


def test_an_address_that_is_asked_again_has_the_token_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    made, real = [], auth_token.generate

    def counted(**given: Any) -> str:
        made.append(given["acl"])
        token: str = real(**given)
        return token

    monkeypatch.setattr(auth_token, "generate", counted)
    names = [new_public_id() for _ in range(2)]
    closed = [OWN.url(name, 1, "", "", AUTHENTICATED) for name in (*names, *names)]
    other_key = replace(OWN, token_key="11" * 32).url(names[0], 1, "", "", AUTHENTICATED)
    assert closed[:2] == closed[2:]
    assert len({*closed, other_key}) == 3
    assert len(made) == 3
