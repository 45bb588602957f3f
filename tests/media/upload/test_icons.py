"""Icons: the largest picture inside counts, and what it says of itself, not what the icon says of it."""

import json
import struct

from PIL import Image

from tests.files import opened
from tests.media.http import send, signed, upload
from tests.media_service import MediaService
from tests.pictures import encoded, png_header


def test_an_icon_is_kept_and_converted(cloud: MediaService) -> None:
    content = encoded(Image.new("RGBA", (48, 48), (255, 0, 0, 128)), "ICO", sizes=[(16, 16), (48, 48)])
    asset = json.loads(upload(cloud, signed(cloud), content, name="favicon.ico").body)
    assert (asset["format"], asset["width"], asset["height"]) == ("ico", 48, 48)
    original = send(asset["url"])
    assert (original.body, original.headers["content-type"]) == (content, "image/x-icon")
    small = opened(send(f"{cloud.delivery}/image/upload/w_24/{asset['public_id']}.png").body)
    assert (small.size, small.convert("RGBA").getpixel((12, 12))) == ((24, 24), (255, 0, 0, 128))


def test_a_huge_picture_in_a_small_icon_is_refused(cloud: MediaService) -> None:
    inside = png_header(30_000, 30_000)
    content = struct.pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 32, len(inside), 22) + inside
    got = upload(cloud, signed(cloud), content)
    assert got.status == 400
    assert b"30000 x 30000" in got.body


def test_icons_that_are_none(cloud: MediaService) -> None:
    for content in (b"\0\0\1\0", b"\0\0\1\0" + b"x" * 300, b"\0\0\1\0\xff\xff" + bytes(2000)):
        assert upload(cloud, signed(cloud), content).status == 400
