"""The account by the official SDK: configuration, usage, upload mappings, streaming profiles."""

from datetime import UTC, datetime, timedelta

import pytest
from cloudinary import api, uploader
from cloudinary.exceptions import AlreadyExists, BadRequest, NotFound

from picturerail.database import Database
from tests.media_service import MediaService
from tests.pictures import encoded, quadrants
from tests.service import wait_until

pytestmark = pytest.mark.usefixtures("cloud", "database")


def test_config_tells_the_name_and_on_request_the_settings(cloud: MediaService) -> None:
    assert api.config()["cloud_name"] == "cloud"
    assert "settings" not in api.config()
    assert api.config(settings=True)["settings"] == {"folder_mode": "fixed"}


def test_usage_is_what_is_there(cloud: MediaService, database: Database) -> None:
    picture = encoded(quadrants(), "PNG")
    before = api.usage()
    uploader.upload(picture, public_id="a")
    uploader.upload(picture, public_id="b")
    after = api.usage()
    assert after["resources"] == before["resources"] + 2
    assert after["storage"]["usage"] == before["storage"]["usage"] + 2 * len(picture)
    yesterday = api.usage(date=datetime.now(UTC) - timedelta(days=1))
    assert yesterday["resources"] == 0
    assert yesterday["bandwidth"] == {"usage": 0}
    with pytest.raises(BadRequest):
        api.usage(date="2026-13-31")


def test_requests_and_bytes_are_counted(cloud: MediaService, database: Database) -> None:
    def counted() -> bool:
        api.ping()
        used = api.usage()
        return bool(used["requests"] > 5 and used["bandwidth"]["usage"] > 100)

    wait_until(counted)


def test_upload_mappings_are_managed() -> None:
    api.create_upload_mapping("far", template="https://example.com/images/")
    api.create_upload_mapping("near", template="https://example.org/")
    assert api.upload_mapping("far")["template"] == "https://example.com/images/"
    api.update_upload_mapping("far", template="https://example.net/")
    first = api.upload_mappings(max_results=1)
    second = api.upload_mappings(max_results=1, next_cursor=first["next_cursor"])
    assert [each["folder"] for each in first["mappings"] + second["mappings"]] == ["far", "near"]
    assert first["mappings"][0]["template"] == "https://example.net/"
    api.delete_upload_mapping("far")
    with pytest.raises(NotFound):
        api.upload_mapping("far")
    with pytest.raises(AlreadyExists):
        api.create_upload_mapping("near", template="https://example.org/")
    for template in ("ftp://example.com", "images/", "https://", "javascript:alert(1)"):
        with pytest.raises(BadRequest):
            api.create_upload_mapping("other", template=template)


SMALL = [{"transformation": {"bit_rate": "500k", "crop": "limit", "width": 640, "height": 360}}]


def test_streaming_profiles_are_managed() -> None:
    made = api.create_streaming_profile("mine", display_name="Mine", representations=SMALL)["data"]
    assert made["representations"] == [{"transformation": [SMALL[0]["transformation"]]}]
    assert made["display_name"] == "Mine"
    assert [each["name"] for each in api.list_streaming_profiles()["data"] if not each["predefined"]] == [
        "mine"
    ]
    with pytest.raises(AlreadyExists):
        api.create_streaming_profile("mine", representations=SMALL)
    api.delete_streaming_profile("mine")
    with pytest.raises(NotFound):
        api.get_streaming_profile("mine")


def test_a_predefined_profile_can_be_changed_and_brought_back() -> None:
    count = len(api.get_streaming_profile("hd")["data"]["representations"])
    api.update_streaming_profile("hd", representations=SMALL)
    assert len(api.get_streaming_profile("hd")["data"]["representations"]) == 1
    api.delete_streaming_profile("hd")
    assert len(api.get_streaming_profile("hd")["data"]["representations"]) == count


@pytest.mark.parametrize("representations", [[], [{"transformation": {"raw_transformation": "../etc"}}]])
def test_bad_profiles_are_refused(representations: list[object]) -> None:
    with pytest.raises(BadRequest):
        api.create_streaming_profile("bad", representations=representations)
