"""What can never work is refused before anything of it is kept: transformations, breakpoints and presets."""

import base64
import json
import time
import uuid
from typing import Any

import pytest

from tests.files import jpeg
from tests.media.http import Got, form, send, signed, upload
from tests.media_service import MediaService

BASIC = {"Authorization": "Basic " + base64.b64encode(b"123456789:the secret").decode()}


def ask(cloud: MediaService, method: str, path: str, body: Any = None) -> Got:
    content = None if body is None else json.dumps(body).encode()
    return send(
        f"{cloud.url}/v1_1/cloud/{path}", method, content, {**BASIC, "Content-Type": "application/json"}
    )


def name() -> str:
    return f"early{uuid.uuid4().hex}"


@pytest.mark.parametrize("bad", ["w_wide", "nonsense", "c_scale,w_10|c_wrong,w_10", "w_10/x_y_z,,"])
def test_what_is_no_transformation_is_refused_before_it_is_kept(cloud: MediaService, bad: str) -> None:
    public_id = name()
    for word in ("eager", "transformation"):
        for path, more in (("upload", {}), ("explicit", {"type": "upload"})):
            params = signed(cloud, public_id=public_id, **{word: bad}, **more)
            body, content_type = form(params, jpeg(9, 9) if path == "upload" else None)
            headers = {"Content-Type": content_type}
            got = send(f"{cloud.url}/v1_1/cloud/image/{path}", "POST", body, headers)
            assert got.status == 400, got.body
        assert ask(cloud, "POST", "upload_presets", {"name": public_id, word: bad}).status == 400
    assert ask(cloud, "GET", f"resources/image/upload/{public_id}").status == 404
    assert ask(cloud, "GET", f"upload_presets/{public_id}").status == 404
    one = {"transformation": bad.rpartition("|")[2]}
    assert ask(cloud, "POST", f"transformations/{public_id}", one).status == 400
    assert ask(cloud, "POST", f"transformations/{public_id}", {"transformation": "w_1"}).status == 200
    assert ask(cloud, "PUT", f"transformations/t_{public_id}", {"unsafe_update": bad}).status == 400


@pytest.mark.parametrize(
    "bad",
    [
        "nope",
        "[1]",
        '{"max_images": 1}',
        *(json.dumps({"transformation": each}) for each in ("w_wide", "t_none", "e_upscale")),
    ],
)
def test_breakpoints_that_nobody_can_make_leave_nothing_behind(cloud: MediaService, bad: str) -> None:
    public_id = name()
    assert (
        upload(cloud, signed(cloud, public_id=public_id, responsive_breakpoints=bad), jpeg(9, 9)).status
        == 400
    )
    assert ask(cloud, "GET", f"resources/image/upload/{public_id}").status == 404


def test_what_is_not_here_is_kept_for_clients(cloud: MediaService) -> None:
    """A transformation of videos, or one of an add-on, comes with an account that is moved."""
    assert ask(cloud, "POST", f"transformations/{name()}", {"transformation": "vc_h264,w_10"}).status == 200
    got = upload(cloud, signed(cloud, public_id=name(), eager="e_upscale|w_5"), jpeg(9, 9))
    assert [each.get("status") for each in json.loads(got.body)["eager"]] == ["failed", None]


@pytest.mark.parametrize(
    "settings",
    [
        {"type": "foo"},
        {"asset_folder": "a//b"},
        {"access_control": '[{"access_type": "all"}]'},
        {"quality_override": "500"},
        {"headers": "X: y"},
        {"face_coordinates": "1,2"},
        {"responsive_breakpoints": "nope"},
    ],
)
def test_a_preset_that_no_upload_could_follow_is_refused(
    cloud: MediaService, settings: dict[str, Any]
) -> None:
    assert ask(cloud, "POST", "upload_presets", {"name": (preset := name())}).status == 200
    assert ask(cloud, "PUT", f"upload_presets/{preset}", settings).status == 400
    assert ask(cloud, "POST", "upload_presets", settings).status == 400
    assert ask(cloud, "PUT", f"upload_presets/{preset}", {"moderation": "aws_rek"}).status == 200


def test_a_preset_may_tell_its_transformations_in_parts(cloud: MediaService) -> None:
    preset = {"name": name(), "transformation": [{"width": 4, "crop": "scale"}], "eager": "w_3"}
    assert ask(cloud, "POST", "upload_presets", preset).status == 200
    got = upload(cloud, signed(cloud, public_id=name(), upload_preset=preset["name"]), jpeg(9, 9))
    told = json.loads(got.body)
    assert (told["width"], told["eager"][0]["width"]) == (4, 3)


@pytest.mark.parametrize("seconds", [-3700, 0])
def test_no_refused_upload_makes_a_browser_ask_for_a_password(cloud: MediaService, seconds: int) -> None:
    """The permit of an upload page that waited for too long, and one that was changed; the Admin API asks so."""
    permit = signed(cloud, public_id=name(), timestamp=str(int(time.time()) + seconds))
    got = upload(cloud, permit | ({} if seconds else {"public_id": name()}), jpeg(9, 9))
    assert (got.status, "www-authenticate" in got.headers) == (401, False)
    asked = send(f"{cloud.url}/v1_1/cloud/resources/image")
    assert (asked.status, asked.headers["www-authenticate"]) == (401, 'Basic realm="Picturerail"')
