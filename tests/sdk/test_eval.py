"""Uploads with a script, by the official SDK."""

import pytest
from cloudinary import uploader
from cloudinary.exceptions import BadRequest

from picturerail.database import Database
from tests.media_service import MediaService
from tests.pictures import encoded, quadrants

pytestmark = pytest.mark.usefixtures("cloud", "database")
PICTURE = encoded(quadrants(120, 80), "PNG")


def test_a_script_sees_the_picture_and_changes_the_upload(cloud: MediaService, database: Database) -> None:
    script = (
        'if (resource_info["width"] == 120) { upload_options["tags"] = ["wide"]; upload_options.quality_analysis = 1 }'
        'upload_options["context"] = "size=" + resource_info.width + "x" + resource_info.height'
    )
    made = uploader.upload(PICTURE, eval=script, tags=["given"])
    assert made["tags"] == ["wide"]
    assert made["context"]["custom"] == {"size": "120x80"}
    assert 0 <= made["quality_analysis"]["focus"] <= 1
    assert database["assets"].find_one({"asset_id": made["asset_id"]}, {"tags": 1})["tags"] == ["wide"]  # type: ignore[index]


@pytest.mark.parametrize(
    "script", ["while (true) {}", "upload_options.api_key = '1'", "upload_options.tags = "]
)
def test_a_bad_script_stores_nothing(database: Database, script: str) -> None:
    with pytest.raises(BadRequest, match="Invalid eval"):
        uploader.upload(PICTURE, eval=script)
    assert database["assets"].count_documents({}) == 0
