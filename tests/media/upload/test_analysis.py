"""Faces, sharpness and what the colour-blind see, looked for when somebody asks."""

import json
from typing import Any

import cloudinary.api
import numpy as np
import pytest
from PIL import Image, ImageFilter
from skimage.color import rgb2lab

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


# Machado, Oliveira and Fernandes 2009, severity 1: protanopia and deuteranopia, in linear RGB
SEEN = np.array(
    [
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ]
)


def distances(one: tuple[int, int, int], other: tuple[int, int, int]) -> list[float]:
    """How far apart two colours are in CIELAB: to most people, then with protanopia and deuteranopia."""
    colours = np.array([one, other]) / 255
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    found = []
    for matrix in (np.eye(3), *SEEN):
        seen = (linear @ matrix.T).clip(0, 1)
        shown = np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)
        lab = rgb2lab(shown[None])[0]
        found.append(float(np.linalg.norm(lab[0] - lab[1])))
    return found


def stripes(one: tuple[int, int, int], other: tuple[int, int, int]) -> Image.Image:
    image = Image.new("RGB", (120, 80), one)
    for left in range(0, 120, 40):
        image.paste(other, (left, 0, left + 20, 80))
    return image


def told(asset: dict[str, Any]) -> tuple[dict[str, Any], float]:
    found = asset["accessibility_analysis"]
    return found["colorblind_accessibility_analysis"], found["colorblind_accessibility_score"]


@pytest.mark.parametrize(
    ("one", "other"),
    [((185, 96, 94), (124, 126, 60)), ((30, 60, 200), (230, 200, 40)), ((0, 0, 0), (255, 255, 255))],
)
def test_what_the_colour_blind_can_tell_apart(
    cloud: MediaService, one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    asset = put(cloud, stripes(one, other), accessibility_analysis="1")
    analysis, score = told(asset)
    plain, *seen = distances(one, other)
    expected = min(1.0, min(seen) / plain)
    assert analysis["distinct_colors"] == pytest.approx(expected, abs=0.03)
    assert analysis["distinct_edges"] == pytest.approx(expected, abs=0.05)
    assert score == min(analysis["distinct_colors"], analysis["distinct_edges"])
    if expected < 1:
        assert set(analysis["most_indistinct_pair"]) == {
            f"#{bytes(each).hex().upper()}" for each in (one, other)
        }
    again = cloudinary.api.resource(asset["public_id"], accessibility_analysis=True)
    assert told(again) == (analysis, score)


def test_a_picture_of_one_colour_has_nothing_to_tell_apart(cloud: MediaService) -> None:
    analysis, score = told(put(cloud, Image.new("RGB", (50, 50), "red"), accessibility_analysis="1"))
    assert (score, analysis["most_indistinct_pair"]) == (1, ["#FF0000", "#FF0000"])
    assert "accessibility_analysis" not in put(cloud, Image.new("RGB", (50, 50), "red"))
