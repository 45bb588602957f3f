"""Pictures on pictures: what is delivered, who may use what as a layer, and what a change of a layer does."""

import uuid
from typing import Any

import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary.utils import cloudinary_url

from picturerail import signing
from tests.files import jpeg, opened
from tests.media.http import send
from tests.media_service import MediaService
from tests.pictures import encoded


def put(content: bytes, **options: Any) -> dict[str, Any]:
    answer: dict[str, Any] = cloudinary.uploader.upload(
        content, **{"public_id": f"l{uuid.uuid4().hex}", **options}
    )
    return answer


def plain(colour: str, size: tuple[int, int] = (20, 20)) -> bytes:
    from PIL import Image

    return encoded(Image.new("RGB", size, colour), "PNG")


@pytest.fixture
def base(cloud: MediaService) -> dict[str, Any]:
    return put(plain("white", (100, 80)))


def centre(content: bytes) -> tuple[int, ...]:
    image = opened(content).convert("RGB")
    pixel = image.getpixel((image.width // 2, image.height // 2))
    assert isinstance(pixel, tuple)
    return tuple(int(value) for value in pixel)


def test_a_layer_that_changes_or_goes_changes_the_picture(cloud: MediaService, base: dict[str, Any]) -> None:
    stamp = put(plain("red"))
    url = f"{cloud.delivery}/image/upload/l_{stamp['public_id']}/{base['public_id']}.png"
    for _ in range(6):
        got = send(url)
        assert opened(got.body).size == (100, 80)
        assert centre(got.body) == (255, 0, 0)
    put(plain("blue"), public_id=stamp["public_id"])
    assert {centre(send(url).body) for _ in range(6)} == {(0, 0, 255)}
    cloudinary.uploader.destroy(stamp["public_id"])
    assert {send(url).status for _ in range(6)} == {404}


def test_a_layer_may_be_named_with_a_format_behind(cloud: MediaService, base: dict[str, Any]) -> None:
    """As SDKs write `overlay: {public_id, format}`: the same picture, that changes and goes with the layer."""
    stamp = put(plain("red"))
    overlay = {"public_id": stamp["public_id"], "format": "png"}
    url, _ = cloudinary_url(base["public_id"], overlay=overlay, format="png")
    assert f"l_{stamp['public_id']}.png/" in url
    assert [centre(send(url).body) for _ in range(3)] == [(255, 0, 0)] * 3
    put(plain("blue"), public_id=stamp["public_id"])
    assert {centre(send(url).body) for _ in range(3)} == {(0, 0, 255)}
    put(plain("green"), public_id=f"{stamp['public_id']}.png")
    exact = url.replace("/image/upload/", "/image/upload/w_90,h_70/")
    assert centre(send(exact).body) == (0, 128, 0)  # what has just this name comes first
    cloudinary.uploader.destroy(f"{stamp['public_id']}.png")
    cloudinary.uploader.destroy(stamp["public_id"])
    assert {send(url).status for _ in range(3)} == {404}


def test_closed_pictures_are_layers_of_signed_urls_only(cloud: MediaService, base: dict[str, Any]) -> None:
    secret = put(plain("red"), type="authenticated")
    transformation = f"l_image:authenticated:{secret['public_id']}"
    url = f"{cloud.delivery}/image/upload/{{}}{transformation}/{base['public_id']}.png"
    assert send(url.format("")).status == 401
    signature = signing.sign_delivery(f"{transformation}/{base['public_id']}.png", "the secret")
    assert centre(send(url.format(f"s--{signature}--/")).body) == (255, 0, 0)
    assert send(url.format("")).status == 401
    restricted = put(plain("red"), access_control=[{"access_type": "token"}])
    hidden = f"{cloud.delivery}/image/upload/l_{restricted['public_id']}/{base['public_id']}.png"
    assert send(hidden).status == 401


def test_text_and_eager_layers(cloud: MediaService, base: dict[str, Any]) -> None:
    got = send(f"{cloud.delivery}/image/upload/l_text:Arial_40_bold:XX/{base['public_id']}.png")
    assert got.status == 200
    assert got.body != send(f"{cloud.delivery}/image/upload/{base['public_id']}.png").body
    stamp = put(plain("red"))
    eager = put(jpeg(60, 60), eager=[{"overlay": stamp["public_id"]}])["eager"][0]
    assert centre(send(eager["url"]).body)[0] > 200


def test_faces_that_were_told_are_what_is_kept(cloud: MediaService) -> None:
    from PIL import Image

    image = Image.new("RGB", (200, 100), "white")
    image.paste((255, 0, 0), (150, 20, 190, 60))
    asset = put(encoded(image, "PNG"), face_coordinates=[[150, 20, 40, 40]])
    got = send(f"{cloud.delivery}/image/upload/c_thumb,g_face,w_40,h_40/{asset['public_id']}.png")
    assert centre(got.body) == (255, 0, 0)


def test_faces_that_change_change_the_crop_in_every_process(cloud: MediaService) -> None:
    from PIL import Image

    image = Image.new("RGB", (200, 100), "blue")
    image.paste((255, 0, 0), (150, 20, 190, 60))
    asset = put(encoded(image, "PNG"), face_coordinates=[[150, 20, 40, 40]])
    url = f"{cloud.delivery}/image/upload/c_thumb,g_face,w_40,h_40/{asset['public_id']}.png"
    assert {centre(send(url).body) for _ in range(6)} == {(255, 0, 0)}
    cloudinary.uploader.explicit(asset["public_id"], type="upload", face_coordinates=[[10, 20, 40, 40]])
    assert {centre(send(url).body) for _ in range(6)} == {(0, 0, 255)}


def test_conditions_on_tags_follow_the_tags(cloud: MediaService) -> None:
    asset = put(plain("red"), tags=["small"])
    url = f"{cloud.delivery}/image/upload/if_!small!_in_tags,w_5/{asset['public_id']}.png"
    assert {opened(send(url).body).width for _ in range(6)} == {5}
    cloudinary.uploader.remove_all_tags([asset["public_id"]])
    assert {opened(send(url).body).width for _ in range(6)} == {20}


def test_custom_coordinates_context_and_metadata_are_heeded_and_followed(cloud: MediaService) -> None:
    from PIL import Image

    picture = Image.new("RGB", (80, 40), "red")
    picture.paste("blue", (40, 0, 80, 40))
    name = put(encoded(picture, "PNG"), custom_coordinates="50,10,20,20", context="mood=calm")["public_id"]
    version = cloudinary.api.resource(name)["version"]

    def seen(text: str) -> set[tuple[int, ...]]:
        url = f"{cloud.delivery}/image/upload/{text}/v{version}/{name}.png"
        return {centre(send(url).body) for _ in range(6)}

    asked = "if_ctx:!mood!_eq_!calm!/e_colorize,co_lime/if_end"
    assert seen("c_crop,g_custom") == {(0, 0, 255)}
    assert seen(asked) == {(0, 255, 0)}
    cloudinary.uploader.explicit(name, type="upload", custom_coordinates="10,10,20,20", context="mood=wild")
    assert seen("c_crop,g_custom") == {(255, 0, 0)}
    assert seen(f"{asked}/c_crop,g_west,w_20") == {(255, 0, 0)}
