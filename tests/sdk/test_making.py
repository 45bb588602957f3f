"""Text images, sprites, animations, PDFs and archives by the official SDK; Pillow and zipfile look at what came."""

import io
import json
import re
import tarfile
import urllib.error
import urllib.request
import uuid
import zipfile
from typing import Any, Literal

import cloudinary.api
import cloudinary.uploader
import cloudinary.utils
import pytest
from cloudinary.exceptions import BadRequest, NotFound
from PIL import Image

from tests.files import animated_gif, opened, png
from tests.media_service import MediaService
from tests.pictures import encoded
from tests.service import wait_until

COLOURS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255)}


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        body: bytes = answer.read()
        return body


@pytest.fixture(scope="module")
def tag() -> str:
    return f"m{uuid.uuid4().hex}"


@pytest.fixture
def assets(cloud: MediaService, tag: str) -> list[dict[str, Any]]:
    """Three plain pictures of different sizes, with one tag."""
    sizes = {"red": (40, 30), "lime": (20, 50), "blue": (60, 10)}
    return [
        cloudinary.uploader.upload(
            encoded(Image.new("RGB", size, name), "PNG"), public_id=f"{tag}/{name}", tags=[tag]
        )
        for name, size in sizes.items()
    ]


def near(pixel: Any, wanted: tuple[int, int, int], tolerance: int = 12) -> bool:
    return all(abs(int(a) - b) <= tolerance for a, b in zip(pixel[:3], wanted, strict=True))


def test_a_text_becomes_a_picture_of_its_size(cloud: MediaService) -> None:
    answer = cloudinary.uploader.text("Hi, 100% / üñ", font_size=40, font_color="red", background="white")
    image = opened(fetch(answer["url"])).convert("RGB")
    assert image.size == (answer["width"], answer["height"])
    assert image.width > image.height > 20
    colours = [colour for _, colour in image.getcolors(100_000) or []]
    assert any(near(colour, (255, 255, 255)) for colour in colours)
    assert any(near(colour, (255, 0, 0), 30) for colour in colours)
    assert cloudinary.uploader.text("wider text here", font_size=40)["width"] > answer["width"] / 2
    with pytest.raises(BadRequest, match="longer"):
        cloudinary.uploader.text("x" * 5000)


def test_a_text_on_a_picture_takes_the_style_of_a_stored_text(assets: list[dict[str, Any]], tag: str) -> None:
    """And follows it: nothing of it is answered from memory once the stored text is another one."""

    def colours(style: dict[str, Any]) -> set[str]:
        overlay = {"public_id": f"{tag}/style", "text": "Hill, & dale", **style}
        steps = [{"width": 300, "height": 200}, {"overlay": overlay}, {"flags": "layer_apply"}]
        url, _ = cloudinary.utils.cloudinary_url(
            assets[2]["public_id"], version=assets[2]["version"], transformation=steps, format="png"
        )
        with urllib.request.urlopen(url) as answer:
            assert "immutable" not in answer.headers["Cache-Control"]
            image = Image.open(io.BytesIO(answer.read())).convert("RGB")
        found = [pixel for _, pixel in image.getcolors(100_000) or []]
        return {
            name
            for name, colour in {**COLOURS, "white": (255, 255, 255)}.items()
            if any(near(p, colour) for p in found)
        }

    with pytest.raises(urllib.error.HTTPError, match="404"):
        colours({})
    cloudinary.uploader.text(
        "any", public_id=f"{tag}/style", font_size=40, font_weight="bold", font_color="red"
    )
    assert colours({}) == {"blue", "red"}
    cloudinary.uploader.text("any", public_id=f"{tag}/style", font_size=40, font_color="white")
    assert colours({}) == {"blue", "white"}


def test_a_sprite_shows_each_picture_where_it_says(assets: list[dict[str, Any]], tag: str) -> None:
    answer = cloudinary.uploader.generate_sprite(tag)
    image = opened(fetch(answer["image_url"])).convert("RGB")
    listed = json.loads(fetch(answer["json_url"]))["image_infos"]
    assert listed == answer["image_infos"]
    for asset in assets:
        place = listed[asset["public_id"]]
        assert (place["width"], place["height"]) == (asset["width"], asset["height"])
        wanted = COLOURS[asset["public_id"].rpartition("/")[2]]
        for x, y in (
            (place["x"], place["y"]),
            (place["x"] + place["width"] - 1, place["y"] + place["height"] - 1),
        ):
            assert near(image.getpixel((x, y)), wanted)
    style = fetch(answer["css_url"]).decode()
    assert f"-{listed[assets[1]['public_id']]['x']}px" in style
    by_url = cloudinary.uploader.generate_sprite(
        urls=[assets[0]["url"], assets[1]["url"]], transformation={"width": 10}
    )
    assert [place["width"] for place in by_url["image_infos"].values()] == [10, 10]
    assert "w_10" in by_url["css_url"]
    with pytest.raises(NotFound):
        cloudinary.uploader.generate_sprite(f"no{tag}")
    assert opened(fetch(cloudinary.uploader.download_generated_sprite(tag=tag))).size == image.size


def test_several_pictures_move_one_after_the_other(assets: list[dict[str, Any]], tag: str) -> None:
    answer = cloudinary.uploader.multi(tag=tag, transformation={"raw_transformation": "dl_200"})
    image = opened(fetch(answer["url"]))
    assert (image.format, image.n_frames, image.size) == ("GIF", 3, (60, 50))  # type: ignore[attr-defined]
    for index, name in enumerate(COLOURS):
        image.seek(index)
        assert image.info["duration"] == 200
        assert near(image.convert("RGB").getpixel((30, 25)), COLOURS[name])
    smaller = cloudinary.uploader.multi(tag=tag, width=12, crop="scale")
    assert opened(fetch(smaller["url"])).size[0] == 12
    assert opened(fetch(answer["url"])).size == (60, 50)
    with pytest.raises(BadRequest, match="Video"):
        cloudinary.uploader.multi(tag=tag, format="mp4")


def test_several_pictures_are_the_pages_of_a_pdf(assets: list[dict[str, Any]], tag: str) -> None:
    answer = cloudinary.uploader.multi(tag=tag, format="pdf")
    content = fetch(answer["url"])
    assert answer["url"].endswith(".pdf")
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page ") == 3
    pictures = [part.split(b"\nendstream")[0] for part in content.split(b"/DCTDecode")[1:]]
    sizes = [opened(part[part.index(b"\xff\xd8") :]).size for part in pictures]
    assert sizes == [(asset["width"], asset["height"]) for asset in assets]
    table = int(content.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert content[table:].startswith(b"xref")


def test_explode_makes_an_image_of_each_frame(cloud: MediaService) -> None:
    asset = cloudinary.uploader.upload(animated_gif(30, 20, 4))
    assert cloudinary.uploader.explode(asset["public_id"], page="all", format="png")["status"] == "processing"
    wait_until(lambda: len(cloudinary.api.resource(asset["public_id"])["derived"]) == 4)
    derived = cloudinary.api.resource(asset["public_id"])["derived"]
    assert {each["transformation"] for each in derived} == {f"pg_{page}" for page in range(1, 5)}
    assert {opened(fetch(each["url"])).format for each in derived} == {"PNG"}


def test_an_archive_holds_what_was_asked_for(assets: list[dict[str, Any]], tag: str) -> None:
    answer = cloudinary.uploader.create_zip(tags=[tag], target_tags=["made"], target_public_id=f"{tag}.zip")
    assert (answer["resource_type"], answer["file_count"], answer["resource_count"]) == ("raw", 3, 3)
    assert answer["tags"] == ["made"]
    with zipfile.ZipFile(io.BytesIO(fetch(answer["url"]))) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == sorted(f"{asset['public_id']}.png" for asset in assets)
        assert archive.read(f"{assets[0]['public_id']}.png") == fetch(assets[0]["url"])


@pytest.mark.parametrize(("target_format", "mode"), [("tar", "r:"), ("tgz", "r:gz")])
def test_tar_archives_too(
    assets: list[dict[str, Any]], tag: str, target_format: str, mode: Literal["r:", "r:gz"]
) -> None:
    long = f"{tag}/{'ü' * 70}/{'n' * 70}"
    put = cloudinary.uploader.upload(encoded(Image.new("RGB", (9, 9), "red"), "PNG"), public_id=long)
    options: dict[str, Any] = {
        "prefixes": f"{tag}/",
        "resource_type": "image",
        "target_format": target_format,
    }
    answer = cloudinary.uploader.create_archive(**options, target_public_id=f"{tag}-{target_format}")
    assert answer["public_id"] == f"{tag}-{target_format}.{target_format}"
    assert answer["file_count"] == 4
    kept, sent = fetch(answer["url"]), fetch(cloudinary.utils.download_archive_url(**options))
    assert kept == sent, "the same files give the same bytes"
    with tarfile.open(fileobj=io.BytesIO(sent), mode=mode) as archive:
        assert sorted(archive.getnames()) == sorted(f"{asset['public_id']}.png" for asset in (*assets, put))
        for asset in (*assets, put):
            member = archive.extractfile(f"{asset['public_id']}.png")
            assert member is not None
            assert member.read() == fetch(asset["url"])
    cloudinary.uploader.destroy(long)
    with pytest.raises(BadRequest, match="use zip, tar, tgz"):
        cloudinary.uploader.create_archive(tags=[tag], target_format="rar")


@pytest.mark.parametrize(
    ("closed", "kept_as"),
    [
        ({"type": "private"}, "private"),
        ({"type": "authenticated"}, "authenticated"),
        ({"access_control": [{"access_type": "token"}]}, "authenticated"),
    ],
    ids=["private", "authenticated", "restricted"],
)
def test_an_archive_opens_to_nobody_what_is_closed(
    cloud: MediaService, closed: dict[str, Any], kept_as: str
) -> None:
    """Its address in the answer is signed; whoever has no signature gets it by none of its types."""
    given = {"type": closed.get("type", "upload")}
    asset = cloudinary.uploader.upload(png(40, 30, 77), **closed)
    answer = cloudinary.uploader.create_zip(
        fully_qualified_public_ids=[f"image/{given['type']}/{asset['public_id']}"]
    )
    assert answer["type"] == kept_as
    assert zipfile.ZipFile(io.BytesIO(fetch(answer["url"]))).testzip() is None
    plain = re.sub(r"/s--[\w-]+--", "", answer["url"])
    for kind in ("upload", "private", "authenticated"):
        with pytest.raises(urllib.error.HTTPError, match=r"40[14]"):
            fetch(plain.replace(f"/{kept_as}/", f"/{kind}/"))


def test_nothing_open_is_made_of_what_is_closed(cloud: MediaService, tag: str) -> None:
    closed = {"access_control": [{"access_type": "token"}]}
    asset = cloudinary.uploader.upload(png(40, 30, 78), tags=[f"{tag}-closed"], **closed)
    for asked in ({"tag": f"{tag}-closed"}, {"urls": [re.sub(r"/s--[\w-]+--", "", asset["url"])]}):
        for make in (cloudinary.uploader.generate_sprite, cloudinary.uploader.multi):
            with pytest.raises(NotFound):
                make(**asked)


def test_an_archive_lacks_nothing_unless_that_is_allowed(assets: list[dict[str, Any]], tag: str) -> None:
    there, lost = assets[0]["public_id"], f"{tag}/lost"
    for options in (
        {"public_ids": [there, lost]},
        {
            "fully_qualified_public_ids": [f"image/upload/{there}", f"image/upload/{lost}"],
            "resource_type": "auto",
        },
    ):
        with pytest.raises(NotFound, match=lost):
            cloudinary.uploader.create_zip(**options)
        assert cloudinary.uploader.create_zip(**options, allow_missing=True)["file_count"] == 1


def test_archives_are_streamed_to_signed_links_only(assets: list[dict[str, Any]], tag: str) -> None:
    options = {"tags": [tag], "transformations": [{"width": 10}, {"width": 20}], "flatten_folders": True}
    url = cloudinary.utils.download_zip_url(**options)
    with zipfile.ZipFile(io.BytesIO(fetch(url))) as archive:
        assert archive.testzip() is None
        widths = sorted(opened(archive.read(name)).size[0] for name in archive.namelist())
        assert widths == [10, 10, 10, 20, 20, 20]
    for wrong in (
        url.replace("signature=", "signature=0"),
        url.replace(tag, f"{tag}x"),
        url.replace("timestamp=", "timestamp=1"),
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(wrong)
        assert refused.value.code == 401
    expired = cloudinary.utils.download_zip_url(tags=[tag], expires_at=1_000_000_000)
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(expired)
    assert refused.value.code == 401


def test_private_originals_by_signed_links(cloud: MediaService) -> None:
    content = encoded(Image.new("RGB", (9, 9), "red"), "PNG")
    asset = cloudinary.uploader.upload(content, type="private")
    url = cloudinary.utils.private_download_url(asset["public_id"], "png", type="private")
    assert fetch(url) == content
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(url.replace("public_id=", "public_id=x"))
    assert refused.value.code == 401


def test_what_archives_were_before_is_still_sent(assets: list[dict[str, Any]], tag: str) -> None:
    """`zip_download_url` of the SDKs: all pictures of a tag, as they are or transformed."""
    link = cloudinary.utils.zip_download_url(tag)
    with zipfile.ZipFile(io.BytesIO(fetch(link))) as archive:
        assert sorted(archive.namelist()) == sorted(f"{asset['public_id']}.png" for asset in assets)
    small = cloudinary.utils.zip_download_url(tag, width=9, crop="scale")
    with zipfile.ZipFile(io.BytesIO(fetch(small))) as archive:
        assert {opened(archive.read(name)).size[0] for name in archive.namelist()} == {9}
    for refused, status in (
        (small.replace(tag, f"{tag}x"), 401),
        (cloudinary.utils.zip_download_url("none"), 404),
    ):
        with pytest.raises(urllib.error.HTTPError) as error:
            fetch(refused)
        assert error.value.code == status
