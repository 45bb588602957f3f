"""What the camera wrote is told to the owner who asks for it, and to nobody else."""

import io
import json
import uuid
from typing import Any

import cloudinary.api
import cloudinary.uploader
import pytest
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from tests.media.http import send, upload
from tests.media_service import MediaService
from tests.pictures import photo

SECRETS = (b"ACME", b"SERIAL", b"51 deg", b"51/1")


def picture(kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "ACME"
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.ExposureTime] = IFDRational(1, 200)
    camera[ExifTags.Base.BodySerialNumber] = "SERIAL-1\nX"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitude] = (51.0, 28.0, 30.5)
    gps[ExifTags.GPS.GPSLatitudeRef] = "N"
    file = io.BytesIO()
    photo("cat", (60, 40)).save(file, kind, exif=exif)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_owner_is_told_what_the_camera_wrote(cloud: MediaService, kind: str) -> None:
    made = cloudinary.uploader.upload(picture(kind), image_metadata=True, exif=True)
    for told in (made, cloudinary.api.resource(made["public_id"], image_metadata=True, exif=True)):
        assert told["image_metadata"]["Make"] == told["exif"]["Make"] == "ACME"
        assert told["image_metadata"]["ExposureTime"] == told["exif"]["ExposureTime"] == "1/200"
        assert told["image_metadata"]["GPSLatitude"] == "51 deg 28' 30.50\" N"
        assert told["exif"]["GPSLatitude"] == "51/1, 28/1, 61/2"
        assert told["image_metadata"]["BodySerialNumber"] == "SERIAL-1 X"
    assert cloudinary.uploader.upload(picture(kind), media_metadata=True)["media_metadata"]["Make"] == "ACME"


def test_a_picture_without_exif_has_none(cloud: MediaService) -> None:
    file = io.BytesIO()
    photo("cat", (60, 40)).save(file, "JPEG")
    made = cloudinary.uploader.upload(file.getvalue(), image_metadata=True, exif=True)
    assert made["exif"] == {}
    assert made["image_metadata"]["Colorspace"] == "RGB"


def test_nobody_is_told_unasked_or_unsigned(cloud: MediaService) -> None:
    tag = uuid.uuid4().hex
    made = cloudinary.uploader.upload(picture(), tags=tag)
    name = made["public_id"]
    preset = cloudinary.api.create_upload_preset(unsigned=True, image_metadata=True, exif=True)["name"]
    unsigned = upload(cloud, {"upload_preset": preset, "public_id": name}, picture())
    assert unsigned.status == 200
    assert json.loads(unsigned.body)["existing"] is True
    answers: list[Any] = [
        made,
        json.loads(unsigned.body),
        cloudinary.api.resource(name),
        cloudinary.api.resources_by_tag(tag),
        cloudinary.Search().expression(f"tags={tag}").with_field("image_metadata").execute(),
    ]
    bodies = [json.dumps(answer).encode() for answer in answers]
    paths = (f"w_30/{name}.jpg", f"{name}.webp", f"fl_keep_iptc,w_31/{name}.jpg", f"fl_getinfo/{name}")
    bodies += [send(f"{cloud.delivery}/image/upload/{path}").body for path in paths]
    assert not [secret for secret in SECRETS for body in bodies if secret in body]


@pytest.mark.parametrize("cut", [10, 30, 50, 90, 140])
def test_damaged_exif_is_no_fault_of_ours(cloud: MediaService, cut: int) -> None:
    broken = bytearray(picture())
    broken[30 + cut : 34 + cut] = b"\xff\xfe\xfd\xfc"
    made = cloudinary.uploader.upload(bytes(broken), image_metadata=True, exif=True)
    assert made["width"] == 60
    assert isinstance(made["exif"], dict)
