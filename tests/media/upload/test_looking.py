"""Faces and sharpness, looked for when somebody asks."""

import json
from typing import Any

from PIL import Image, ImageFilter

from tests.media.http import send, signed, upload
from tests.media_service import MediaService
from tests.pictures import encoded, photo


def put(cloud: MediaService, image: Image.Image, **params: Any) -> dict[str, Any]:
    got = upload(cloud, signed(cloud, **params), encoded(image, "PNG"))
    assert got.status == 200, got.body
    answer: dict[str, Any] = json.loads(got.body)
    return answer


def test_a_blurred_picture_is_less_sharp(cloud: MediaService) -> None:
    sharp = photo("cat", (600, 400))
    focus = [
        put(cloud, image, quality_analysis="1")["quality_analysis"]["focus"]
        for image in (
            sharp,
            sharp.filter(ImageFilter.GaussianBlur(2)),
            sharp.filter(ImageFilter.GaussianBlur(8)),
        )
    ]
    assert 1 > focus[0] > focus[1] > focus[2] > 0
    assert (
        put(cloud, Image.new("RGB", (50, 50), "red"), quality_analysis="1")["quality_analysis"]["focus"] == 0
    )


def test_faces_are_found_told_and_kept_in_the_crop(cloud: MediaService) -> None:
    portrait = photo("astronaut")
    asset = put(cloud, portrait, faces="1")
    (x, y, width, height) = asset["faces"][0]
    assert x < 225 < x + width  # where her nose is
    assert y < 120 < y + height
    got = send(f"{cloud.delivery}/image/upload/c_thumb,g_face,w_60,h_60/{asset['public_id']}.png")
    assert got.status == 200
    told = put(cloud, portrait, faces="1", face_coordinates="1,2,30,40")
    assert told["faces"] == [[1, 2, 30, 40]]
    assert put(cloud, Image.new("RGB", (50, 50), "red"), faces="1")["faces"] == []
