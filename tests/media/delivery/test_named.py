"""Named transformations (t_) wherever a transformation may stand: every type, chains, joined, nested, eager."""

import io
import json
import uuid
from collections.abc import Iterator
from itertools import pairwise

import cloudinary
import pytest
from cloudinary import api, uploader
from cloudinary.utils import cloudinary_url
from PIL import Image

from tests.files import jpeg
from tests.media.http import send, signed, upload
from tests.media.remote_host import RemoteHost
from tests.media_service import MediaService
from tests.services import Services

PICTURE = jpeg(60, 40)


@pytest.fixture(scope="module")
def cloud(
    services: Services,
    host: RemoteHost,
) -> Iterator[MediaService]:
    env = {"PICTURERAIL_FETCH_DOMAINS": "127.0.0.1", "PICTURERAIL_FETCH_ALLOW": host.netloc}
    with services.media(env) as running:
        yield running


@pytest.fixture(scope="module")
def names(cloud: MediaService) -> dict[str, str]:
    """half makes pictures 30 wide, square crops them to 20 x 20, both does one after the other."""
    cloudinary.config(**cloud.sdk_config)
    made = {name: f"{name}_{uuid.uuid4().hex[:8]}" for name in ("half", "square", "both")}
    api.create_transformation(made["half"], "c_scale,w_30")
    api.create_transformation(made["square"], "c_crop,h_20,w_20")
    api.create_transformation(made["both"], f"t_{made['half']}/t_{made['square']}")
    return made


def test_flags_that_say_how_to_send_count_in_a_name(cloud: MediaService, names: dict[str, str]) -> None:
    asset = json.loads(upload(cloud, signed(cloud), PICTURE).body)
    for flag in ("getinfo", "attachment"):
        names[flag] = f"{flag}_{uuid.uuid4().hex[:8]}"
        api.create_transformation(names[flag], f"fl_{flag},w_20")
    told = send(f"{cloud.delivery}/image/upload/t_{names['getinfo']}/{asset['public_id']}.png")
    assert json.loads(told.body)["output"]["width"] == 20
    saved = send(f"{cloud.delivery}/image/upload/t_{names['attachment']}/{asset['public_id']}.png")
    assert saved.headers["content-disposition"].startswith("attachment")


CHAINS = {
    "t_{half}": (30, 20),
    "t_{half}/t_{square}": (20, 20),
    "t_{half}.{square}": (20, 20),
    "t_{both}": (20, 20),
    "c_scale,w_50/t_{square}": (20, 20),
    "t_{half}/c_scale,w_10": (10, 7),
    "t_{half},e_grayscale": (30, 20),
    "c_pad,h_40,w_40/t_{square}/c_scale,w_5": (5, 5),
}


@pytest.mark.parametrize("kind", ["upload", "private", "authenticated", "fetch"])
@pytest.mark.parametrize("chain", CHAINS)
def test_named_in_every_type_and_chain(
    cloud: MediaService, host: RemoteHost, names: dict[str, str], kind: str, chain: str
) -> None:
    cloudinary.config(**cloud.sdk_config)
    if kind == "fetch":
        name = host.serve("/named.jpg", PICTURE)
    else:
        name = json.loads(upload(cloud, signed(cloud, type=kind), PICTURE).body)["public_id"] + ".jpg"
    options = {"type": kind, "raw_transformation": chain.format(**names), "sign_url": kind == "authenticated"}
    got = send(cloudinary_url(name, **options)[0])
    assert got.status == 200, got.body
    assert Image.open(io.BytesIO(got.body)).size == CHAINS[chain]


@pytest.mark.parametrize("chain", ["t_{auto}", "t_{within}", "t_{auto}/e_grayscale"])
def test_the_browser_chooses_sizes_in_named_ones_too(cloud: MediaService, chain: str) -> None:
    cloudinary.config(**cloud.sdk_config)
    made = {name: f"{name}_{uuid.uuid4().hex[:8]}" for name in ("auto", "within")}
    api.create_transformation(made["auto"], "c_scale,dpr_auto,w_auto:20:10")
    api.create_transformation(made["within"], f"t_{made['auto']}")
    name = json.loads(upload(cloud, signed(cloud), PICTURE).body)["public_id"]
    url = cloudinary_url(name, raw_transformation=chain.format(**made))[0]
    for headers, width in (({}, 10), ({"Sec-CH-Width": "40", "Sec-CH-DPR": "2"}, 40), ({"Width": "20"}, 20)):
        got = send(url, headers=headers)
        assert Image.open(io.BytesIO(got.body)).width == width
        assert "Sec-CH-Width" in got.headers["accept-ch"]
        assert "Sec-CH-Width" in got.headers["vary"]


def test_named_when_uploading_and_in_sprites(cloud: MediaService, names: dict[str, str]) -> None:
    cloudinary.config(**cloud.sdk_config)
    tag = uuid.uuid4().hex
    half, square = ({"raw_transformation": f"t_{names[name]}"} for name in ("half", "square"))
    made = uploader.upload(PICTURE, tags=tag, eager=[half], transformation=square)
    assert (made["width"], made["height"]) == (20, 20)
    assert made["eager"][0]["width"] == 30
    sprite = uploader.generate_sprite(tag, transformation=half)
    assert sprite["image_infos"][made["public_id"]]["width"] == 30
    assert send(sprite["image_url"]).status == 200


def test_an_unknown_name_is_a_sentence(cloud: MediaService, names: dict[str, str]) -> None:
    made = json.loads(upload(cloud, signed(cloud), PICTURE).body)
    got = send(f"{cloud.delivery}/image/upload/w_10/t_nothing/{made['public_id']}.jpg")
    assert got.status in (400, 404)
    assert "nothing" in got.headers["x-cld-error"]


def test_names_in_names_have_an_end(cloud: MediaService) -> None:
    cloudinary.config(**cloud.sdk_config)
    made = json.loads(upload(cloud, signed(cloud), PICTURE).body)
    own, wide = uuid.uuid4().hex, [uuid.uuid4().hex for _ in range(4)]
    api.create_transformation(own, f"c_scale,w_10/t_{own}")
    api.create_transformation(wide[0], "/".join(["e_sepia"] * 20))
    for inner, outer in pairwise(wide):
        api.create_transformation(outer, "/".join([f"t_{inner}"] * 20))
    for name in (own, wide[-1]):
        got = send(f"{cloud.delivery}/image/upload/t_{name}/{made['public_id']}.jpg")
        assert got.status == 400
        assert "Named transformations" in got.headers["x-cld-error"]
