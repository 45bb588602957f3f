"""What can be done to assets that are there, by the official SDK."""

import io
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

import cloudinary.api
import cloudinary.uploader
import cloudinary.utils
import pytest
from cloudinary.exceptions import BadRequest, Error, NotFound

from tests.files import jpeg, opened, transparent_png
from tests.media_service import MediaService

pytestmark = pytest.mark.usefixtures("cloud")


def name() -> str:
    return f"e{uuid.uuid4().hex}"


def put(content: bytes | None = None, **options: Any) -> dict[str, Any]:
    answer: dict[str, Any] = cloudinary.uploader.upload(
        content or jpeg(90, 60), **{"public_id": name(), **options}
    )
    return answer


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        body: bytes = answer.read()
        return body


def test_rename_moves_the_picture_and_its_addresses() -> None:
    asset, target = put(tags=["t"]), name()
    small = cloudinary.utils.cloudinary_url(asset["public_id"], width=30, format="png")[0]
    assert [status(small) for _ in range(6)] == [200] * 6
    renamed = cloudinary.uploader.rename(asset["public_id"], target)
    assert (renamed["asset_id"], renamed["public_id"]) == (asset["asset_id"], target)
    assert [status(small) for _ in range(6)] == [404] * 6
    assert status(cloudinary.utils.cloudinary_url(target, width=30, format="png")[0]) == 200
    assert fetch(renamed["url"]) == jpeg(90, 60)


def test_rename_onto_a_taken_name_needs_overwrite() -> None:
    one, other = put(jpeg(50, 50)), put(jpeg(60, 60))
    with pytest.raises(Error, match="already exists"):
        cloudinary.uploader.rename(one["public_id"], other["public_id"])
    assert cloudinary.api.resource(other["public_id"])["width"] == 60
    cloudinary.uploader.rename(one["public_id"], other["public_id"], overwrite=True)
    assert cloudinary.api.resource(other["public_id"])["width"] == 50
    with pytest.raises(NotFound):
        cloudinary.api.resource(one["public_id"])


def test_rename_to_another_type_closes_the_old_address() -> None:
    asset = put()
    cloudinary.uploader.rename(asset["public_id"], asset["public_id"], to_type="authenticated")
    assert status(asset["url"]) == 404
    assert status(asset["url"].replace("/upload/", "/authenticated/")) == 401


@pytest.mark.parametrize("target", ["../x", "a\0b", "x" * 300])
def test_rename_checks_the_new_name(target: str) -> None:
    with pytest.raises(BadRequest, match="public_id"):
        cloudinary.uploader.rename(put()["public_id"], target)


def test_tags_of_several_assets() -> None:
    one, other = put(tags="a,b")["public_id"], put()["public_id"]

    def tags(public_id: str) -> list[str]:
        found: list[str] = cloudinary.api.resource(public_id).get("tags", [])
        return found

    assert cloudinary.uploader.add_tag("c", [one, other, "no such"])["public_ids"] == [one, other]
    assert (tags(one), tags(other)) == (["a", "b", "c"], ["c"])
    cloudinary.uploader.remove_tag("a,c", [one])
    assert tags(one) == ["b"]
    cloudinary.uploader.replace_tag("x", [one, other])
    assert tags(one) == tags(other) == ["x"]
    cloudinary.uploader.call_tags_api("x2", "set_exclusive", [one])
    cloudinary.uploader.call_tags_api("x2", "set_exclusive", [other])
    assert (tags(one), tags(other)) == (["x"], ["x", "x2"])
    cloudinary.uploader.remove_all_tags([one, other])
    assert tags(one) == tags(other) == []


def test_explicit_changes_what_is_given_and_nothing_else() -> None:
    asset = put(tags=["keep"], context={"a": "1"})
    changed = cloudinary.uploader.explicit(
        asset["public_id"], type="upload", context={"b": "2"}, eager=[{"width": 20, "crop": "scale"}]
    )
    assert changed["tags"] == ["keep"]
    assert changed["context"] == {"custom": {"b": "2"}}
    assert (changed["eager"][0]["width"], changed["eager"][0]["height"]) == (20, 13)
    assert opened(fetch(changed["eager"][0]["url"])).size == (20, 13)
    assert changed["version"] == asset["version"]
    with pytest.raises(NotFound, match="Resource not found"):
        cloudinary.uploader.explicit("no such", type="upload")


def test_eager_and_incoming_transformations() -> None:
    asset = put(jpeg(400, 300), transformation={"width": 100, "crop": "limit"}, format="png")
    assert (asset["width"], asset["height"], asset["format"]) == (100, 75, "png")
    assert opened(fetch(asset["url"])).format == "PNG"
    eager = put(eager=[{"width": 20, "crop": "scale", "format": "webp"}, {"width": 30, "crop": "scale"}])[
        "eager"
    ]
    assert [opened(fetch(each["url"])).format for each in eager] == ["WEBP", "JPEG"]
    assert [each["format"] for each in eager] == ["webp", "jpg"]


def test_an_eager_transformation_that_fails_hinders_nothing() -> None:
    asset = put(eager=[{"raw_transformation": "c_scale,w_99999"}, {"width": 20, "crop": "scale"}])
    assert [each.get("status") for each in asset["eager"]] == ["failed", None]
    assert fetch(asset["url"]) == jpeg(90, 60)


def test_named_transformations_in_urls_follow_their_definition() -> None:
    asset, transformation = put(transparent_png(90, 60)), name()
    url = cloudinary.utils.cloudinary_url(asset["public_id"], transformation=[transformation], format="png")[
        0
    ]
    assert f"t_{transformation}" in url
    assert status(url) == 400
    cloudinary.api.create_transformation(transformation, {"width": 30, "crop": "scale"})
    assert [opened(fetch(url)).size for _ in range(6)] == [(30, 20)] * 6
    cloudinary.api.update_transformation(transformation, unsafe_update={"width": 60, "crop": "scale"})
    assert [opened(fetch(url)).size for _ in range(6)] == [(60, 40)] * 6
    cloudinary.api.delete_transformation(transformation)
    assert [status(url) for _ in range(6)] == [400] * 6


def test_a_default_image_stands_in_until_the_picture_comes() -> None:
    stand_in, missing = put(jpeg(40, 40))["public_id"], name()
    url = cloudinary.utils.cloudinary_url(
        missing, default_image=f"{stand_in}.jpg", width=20, crop="scale", format="jpg"
    )[0]
    assert [opened(fetch(url)).size for _ in range(6)] == [(20, 20)] * 6
    put(jpeg(60, 30), public_id=missing)
    assert [opened(fetch(url)).size for _ in range(6)] == [(20, 10)] * 6


def test_breakpoints_by_url_and_on_upload() -> None:
    asset = put(
        jpeg(1200, 800), responsive_breakpoints={"create_derived": True, "bytes_step": 20000, "max_images": 4}
    )
    found = asset["responsive_breakpoints"][0]["breakpoints"]
    widths = [each["width"] for each in found]
    assert widths == sorted(widths, reverse=True)
    assert (widths[0], widths[-1]) == (1000, 50)
    assert len(widths) <= 4
    for each in found:
        content = fetch(each["url"])
        assert opened(content).size == (each["width"], each["height"])
        assert len(content) == each["bytes"]
    json_url = cloudinary.utils.cloudinary_url(
        asset["public_id"], width="auto:breakpoints_100_300_1_5:json", crop="scale"
    )[0]
    import json

    by_url = json.loads(fetch(json_url))["breakpoints"]
    assert (by_url[0], by_url[-1]) == (300, 100)
    assert len(by_url) <= 5


def test_unsigned_uploads_by_a_preset() -> None:
    preset = name()
    cloudinary.api.create_upload_preset(name=preset, unsigned=True, folder="unsigned", tags=["by_preset"])
    answer = cloudinary.uploader.unsigned_upload(io.BytesIO(jpeg(20, 20)), preset)
    assert answer["public_id"].startswith("unsigned/")
    assert answer["tags"] == ["by_preset"]
    with pytest.raises(BadRequest, match="Eager parameter is not allowed when using unsigned upload"):
        cloudinary.uploader.unsigned_upload(io.BytesIO(jpeg(20, 20)), preset, eager={"width": 5})
    taken = put(jpeg(33, 33), public_id=f"unsigned/{name()}")
    again = cloudinary.uploader.unsigned_upload(
        io.BytesIO(jpeg(20, 20)), preset, public_id=taken["public_id"].removeprefix("unsigned/")
    )
    assert (again["existing"], again["width"]) == (True, 33)
    cloudinary.api.update_upload_preset(preset, unsigned=False)
    with pytest.raises(BadRequest, match="whitelisted"):
        cloudinary.uploader.unsigned_upload(io.BytesIO(jpeg(20, 20)), preset)
    cloudinary.api.delete_upload_preset(preset)


def test_backups_restore_deleted_and_older_versions() -> None:
    asset = put(jpeg(50, 40), backup=True)
    public_id = asset["public_id"]
    second = put(jpeg(60, 40), public_id=public_id, backup=True)
    versions = cloudinary.api.resource(public_id, versions=True)["versions"]
    assert [each["version_id"] for each in versions] == [asset["version_id"], second["version_id"]]
    cloudinary.api.restore([public_id], versions=[asset["version_id"]])
    assert opened(fetch(cloudinary.utils.cloudinary_url(public_id, format="jpg")[0])).size == (50, 40)
    cloudinary.api.delete_resources([public_id])
    gone = cloudinary.api.resource(public_id)
    assert (gone["bytes"], gone["placeholder"]) == (0, True)
    assert status(asset["url"]) == 404
    cloudinary.api.restore([public_id])
    assert opened(fetch(cloudinary.utils.cloudinary_url(public_id, format="jpg")[0])).size == (50, 40)


def test_lists_page_through_everything_once(cloud: MediaService) -> None:
    tag = name()
    wanted = {put(tags=[tag], context={tag: "v"})["public_id"] for _ in range(7)}
    asks: list[Callable[..., dict[str, Any]]] = [
        lambda **page: dict(cloudinary.api.resources_by_tag(tag, **page)),
        lambda **page: dict(cloudinary.api.resources_by_context(tag, **page)),
    ]
    for ask in asks:
        seen: list[str] = []
        cursor = None
        while True:
            page = ask(max_results=3, **({"next_cursor": cursor} if cursor else {}))
            seen += [each["public_id"] for each in page["resources"]]
            if (cursor := page.get("next_cursor")) is None:
                break
        assert sorted(seen) == sorted(wanted)
    with pytest.raises(BadRequest, match="next_cursor"):
        cloudinary.api.resources_by_tag(tag, next_cursor="nonsense")


def test_deletes_by_prefix_tag_and_what_is_derived() -> None:
    prefix, tag = f"{name()}/", name()
    assets = [
        put(public_id=f"{prefix}{n}", tags=[tag], eager={"width": 9 + n, "crop": "scale"}) for n in range(3)
    ]
    cloudinary.api.delete_resources([assets[0]["public_id"]], keep_original=True)
    assert cloudinary.api.resource(assets[0]["public_id"])["derived"] == []
    derived = cloudinary.api.resource(assets[1]["public_id"])["derived"]
    assert cloudinary.api.delete_derived_resources([derived[0]["id"]])["deleted"] == {
        derived[0]["id"]: "deleted"
    }
    assert cloudinary.api.resource(assets[1]["public_id"])["derived"] == []
    answer = cloudinary.api.delete_resources([assets[0]["public_id"], "no such"])
    assert answer["deleted"] == {assets[0]["public_id"]: "deleted", "no such": "not_found"}
    assert len(cloudinary.api.delete_resources_by_prefix(f"{prefix}1")["deleted"]) == 1
    assert len(cloudinary.api.delete_resources_by_tag(tag)["deleted"]) == 1
    assert [status(asset["url"]) for asset in assets] == [404] * 3


def test_closing_access_is_felt_by_every_process() -> None:
    asset = put()
    small = cloudinary.utils.cloudinary_url(asset["public_id"], width=30, format="png")[0]
    assert [status(small) for _ in range(6)] == [200] * 6
    cloudinary.api.update(asset["public_id"], access_control=[{"access_type": "token"}])
    assert [status(small) for _ in range(6)] == [401] * 6
