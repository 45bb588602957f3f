"""A cloud with some of everything, to be taken over."""

import io

import cloudinary
import pytest
from cloudinary import api, uploader
from cloudinary.api_client.call_api import call_api
from PIL import Image

from tests.media_service import MediaService, empty

PICTURES = 24
DEFINED = 9  # things that an account defines: one of each kind, and three folders


def picture(number: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40 + number, 30), (number * 7 % 256, 90, 120)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def account(cloud: MediaService) -> MediaService:
    """A cloud with some of everything."""
    empty(cloud.records)
    cloudinary.config(**cloud.sdk_config)
    api.add_metadata_field({"external_id": "colour", "type": "string", "label": "Colour"})
    rule = {"metadata_field_id": "colour", "populated": False}
    api.add_metadata_rule(
        {
            "metadata_field_id": "colour",
            "name": "r",
            "condition": rule,
            "result": {"apply_value": {"value": "x", "mode": "default"}},
        }
    )
    api.create_transformation("thumb", "c_fill,w_100,h_100,g_auto/e_sepia:50/q_auto,f_auto")
    api.create_upload_preset(name="site", unsigned=True, folder="site", tags="a,b")
    api.create_upload_mapping("far", template="https://example.com/images/")
    api.create_streaming_profile("small", representations=[{"transformation": {"height": 270, "width": 480}}])
    api.create_folder("empty folder")
    for number in range(PICTURES):
        uploader.upload(
            picture(number),
            public_id=f"shop/{number:03}" if number % 2 else f"é {number:03}",
            type=("upload", "private", "authenticated")[number % 3],
            tags=[f"n{number % 4}", "all"],
            context={"alt": f"Number {number}", "caption": "a=b|c"},
            metadata={"colour": f"blue {number}"},
            **({"access_control": [{"access_type": "token"}]} if number == 7 else {}),
            display_name=f"Picture {number}",
        )
    closing = {"public_ids": ["shop/005"], "access_mode": "authenticated"}
    call_api("post", ["resources", "image", "authenticated", "update_access_mode"], closing)
    uploader.upload(b"some words", resource_type="raw", public_id="notes/a.txt", tags=["all"])
    return cloud
