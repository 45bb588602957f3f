"""Answers of the Admin API in the shapes that the official SDKs' own suites expect."""

import io
import uuid
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary.exceptions import BadRequest

from tests.files import jpeg, opened
from tests.media_service import MediaService

pytestmark = pytest.mark.usefixtures("cloud")


def name() -> str:
    return f"answers{uuid.uuid4().hex}"


def put(public_id: str, width: int = 20, **params: Any) -> dict[str, Any]:
    return dict(cloudinary.uploader.upload(io.BytesIO(jpeg(width, 10)), public_id=public_id, **params))


def test_a_list_tells_the_fields_asked_for_and_what_names_the_asset() -> None:
    tag = name()
    put(f"{tag}/x", tags=[tag])
    for found in (
        cloudinary.api.resources_by_tag(tag, fields=["tags"]),
        cloudinary.api.resources(prefix=f"{tag}/", type="upload", fields="tags"),
        cloudinary.api.resources_by_ids([f"{tag}/x"], fields=["tags"]),
    ):
        assert {*found["resources"][0]} == {"asset_id", "public_id", "folder", "tags"}


def test_tags_are_told_as_given_by_an_upload_and_sorted_by_the_admin_api() -> None:
    """The Python SDK's own suite adds tag1 and tag2 to an asset tagged up_..., and expects tag1, tag2, up_... ."""
    public_id = name()
    assert put(public_id, tags="b,a,b,c")["tags"] == ["b", "a", "c"]
    cloudinary.uploader.add_tag("A,a", [public_id])
    assert cloudinary.api.resource(public_id)["tags"] == ["A", "a", "b", "c"]
    cloudinary.uploader.replace_tag("z,y", [public_id])
    assert cloudinary.api.resource(public_id)["tags"] == ["y", "z"]
    assert cloudinary.api.resources_by_ids([public_id], tags=True)["resources"][0]["tags"] == ["y", "z"]


def test_a_preset_is_told_in_its_parts() -> None:
    made = cloudinary.api.create_upload_preset(
        name=name(),
        unsigned=True,
        disallow_public_id=True,
        live=True,
        tags="b,a",
        context={"alt": "x|y", "n": "1"},
        transformation=[{"width": 102, "crop": "scale"}, {"effect": "sepia:50"}],
        folder="f",
    )
    settings = cloudinary.api.upload_preset(made["name"])["settings"]
    assert settings == {
        "folder": "f",
        "tags": ["b", "a"],
        "context": {"alt": "x|y", "n": "1"},
        "transformation": [{"width": 102, "crop": "scale"}, {"effect": "sepia:50"}],
        "disallow_public_id": True,
        "live": True,
    }


@pytest.mark.parametrize(
    ("given", "extension"), [({"format": "jpg"}, "jpg"), ({"format": ""}, "none"), ({}, None)]
)
def test_the_format_of_a_transformation_is_told(given: dict[str, str], extension: str | None) -> None:
    text = {"crop": "scale", "width": 102, "effect": f"sepia:{uuid.uuid4().int % 90 + 1}", **given}
    named = name()
    cloudinary.api.create_transformation(named, text)
    told = cloudinary.api.transformation(named)["info"]
    assert told[0]["width"] == 102
    assert [each["extension"] for each in told if "extension" in each] == ([extension] if extension else [])


@pytest.mark.parametrize("ending", ["/jpg", "/", ""])
def test_a_transformation_without_a_name_is_kept_under_its_text(ending: str) -> None:
    text = f"c_scale,w_{uuid.uuid4().int % 4000 + 100}{ending}"
    cloudinary.api.create_transformation(text, text)
    assert cloudinary.api.transformation(text)["name"] == text
    assert not cloudinary.api.transformation(text)["named"]
    cloudinary.api.delete_transformation(text)
    with pytest.raises(cloudinary.exceptions.NotFound):
        cloudinary.api.transformation(text)


def test_a_transformation_that_an_address_used_is_told_and_deleted(cloud: MediaService) -> None:
    text = f"c_scale,w_{uuid.uuid4().int % 4000 + 100}"
    with pytest.raises(cloudinary.exceptions.NotFound):
        cloudinary.api.transformation(text)
    names = [name(), name()]
    for public_id in names:
        put(public_id)
        urlopen(f"{cloud.delivery}/image/upload/{text}/{public_id}.png").close()
    told = cloudinary.api.transformation(text, max_results=1)
    assert (told["used"], told["named"], told["allowed_for_strict"]) == (True, False, False)
    others = cloudinary.api.transformation(text, max_results=1, next_cursor=told["next_cursor"])
    assert {each["public_id"] for each in told["derived"] + others["derived"]} == set(names)
    cloudinary.api.update_transformation(text, allowed_for_strict=True)
    assert cloudinary.api.transformation(text)["allowed_for_strict"]
    cloudinary.api.delete_transformation(text)
    assert cloudinary.api.resource(names[0])["derived"] == []
    with pytest.raises(cloudinary.exceptions.NotFound):
        cloudinary.api.transformation(text)


def test_derived_images_of_a_transformation_are_told_page_by_page() -> None:
    """However it is addressed: by its path, as the Python SDK does, or as a parameter, as others do."""
    width = uuid.uuid4().int % 4000 + 100
    names = {name() for _ in range(3)}
    for public_id in names:
        put(public_id, eager=[{"width": width, "crop": "scale"}])
    asked = {"transformation": f"c_scale,w_{width}", "max_results": 1}
    found, cursor = [], None
    while True:
        told = cloudinary.api.call_api("get", ["transformations"], {**asked, "next_cursor": cursor})
        assert len(told["derived"]) == 1
        found += [each["public_id"] for each in told["derived"]]
        if not (cursor := told.get("next_cursor")):
            break
    assert len(found) == 3
    assert set(found) == names


def test_a_named_transformation_may_have_a_format(cloud: MediaService) -> None:
    public_id, named = name(), name()
    cloudinary.api.create_transformation(named, {"width": 7, "crop": "scale", "format": "png"})
    put(public_id)
    with urlopen(f"{cloud.delivery}/image/upload/t_{named}/{public_id}.png") as answer:
        assert opened(answer.read()).size == (7, 4)
    made = put(public_id, eager=[{"transformation": named}])["eager"][0]
    assert (made["format"], made["width"]) == ("png", 7)


def test_derived_images_are_deleted_in_one_format_only() -> None:
    public_id = name()
    eager = [{"width": 7, "crop": "scale", "format": each} for each in ("png", "gif", "webp")]
    put(public_id, eager=eager)
    cloudinary.api.delete_resources([public_id], transformations=eager[1:2])
    left = [each["format"] for each in cloudinary.api.resource(public_id)["derived"]]
    assert sorted(left) == ["png", "webp"]
    cloudinary.api.delete_resources([public_id], transformations=[{"width": 7, "crop": "scale"}])
    assert cloudinary.api.resource(public_id)["derived"] == []


@pytest.mark.parametrize("bad", ["a.b", "a/b", "a?b", ".", "x" * 256])
def test_a_name_that_no_address_could_carry_is_refused(bad: str) -> None:
    with pytest.raises(BadRequest):
        cloudinary.api.create_transformation(bad, {"width": 7})


@pytest.mark.parametrize("kind", ["x@2x jpg", "Größe-1", "a(b)", "a+b", "a|b", "50'50", "日本"])
def test_every_other_name_can_be_used(cloud: MediaService, kind: str) -> None:
    public_id, named = name(), f"{kind}{uuid.uuid4().hex}"
    cloudinary.api.create_transformation(named, {"width": 7, "crop": "scale"})
    put(public_id)
    with urlopen(f"{cloud.delivery}/image/upload/t_{quote(named)}/{public_id}.png") as answer:
        assert opened(answer.read()).size == (7, 4)
    assert cloudinary.api.transformation(named)["named"]


@pytest.mark.parametrize("ending", ["gif", "png", "tiff", "webp", "avif", "jpg"])
def test_a_format_behind_a_transformation_counts_in_breakpoints_and_eager(ending: str) -> None:
    wanted = [
        {"transformation": {"angle": 90}, "format": ending, "create_derived": True},
        {"transformation": {"raw_transformation": f"a_90/{ending}"}},
    ]
    told = put(name(), eager=[{"angle": 90, "format": ending}], responsive_breakpoints=wanted)
    for found in told["responsive_breakpoints"]:
        assert found["transformation"] == "a_90"
        assert {each["url"].rpartition(".")[2] for each in found["breakpoints"]} == {ending}
        with urlopen(found["breakpoints"][0]["url"]) as answer:
            assert opened(answer.read()).format == {"jpg": "JPEG"}.get(ending, ending.upper())
    assert told["eager"][0]["format"] == ending
    with urlopen(told["eager"][0]["url"]) as answer:
        assert opened(answer.read()).size == (10, 20)


def test_all_versions_are_told_oldest_first_and_stay() -> None:
    public_id = name()
    uploads = [put(public_id, 20, backup=True), put(public_id, 21, backup=True)]
    cloudinary.api.delete_resources([public_id])
    uploads += [put(public_id, 22, backup=True), put(public_id, 23, backup=True)]

    def told() -> list[str]:
        found = cloudinary.api.resource(public_id, versions=True)["versions"]
        assert [each["size"] for each in found] == [each["bytes"] for each in found]
        return [each["version_id"] for each in found]

    ids = [each["version_id"] for each in uploads]
    assert told() == ids
    cloudinary.api.delete_resources([public_id])
    assert told() == ids
    for number in (0, 1, 3, 2):
        cloudinary.api.restore([public_id], versions=[ids[number]])
        assert cloudinary.api.resource(public_id)["width"] == 20 + number
        assert sorted(told()) == sorted(ids)
        assert told()[-1] == ids[number]
    now = cloudinary.api.restore([public_id], versions=[ids[2]])[public_id]
    assert (now["width"], sorted(told())) == (22, sorted(ids))
    asset_id = cloudinary.api.resource(public_id)["asset_id"]
    cloudinary.api.delete_backed_up_assets(asset_id, ids[:2])
    assert sorted(told()) == sorted(ids[2:])
    with urlopen(cloudinary.utils.download_backedup_asset(asset_id, ids[2])) as answer:
        assert opened(answer.read()).width == 22


def test_what_is_not_backed_up_has_no_versions() -> None:
    public_id = name()
    put(public_id)
    assert cloudinary.api.resource(public_id, versions=True)["versions"] == []
