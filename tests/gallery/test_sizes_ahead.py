"""Sizes that pages use, made after an upload before anybody asks for them."""

import io
from dataclasses import replace

import pytest
import urllib3
from cloudinary import api

from picturerail.database import Database
from picturerail.gallery.actions import uploads
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.cloud_account import cloud_access
from picturerail.gallery.pictures import view
from picturerail.gallery.pictures.text import PictureText
from picturerail.gallery.policy import Operator
from picturerail.gallery.upload_params import AHEAD, asked
from picturerail.settings import Settings
from tests.files import jpeg
from tests.service import wait_until

CHROMIUM = {"Accept": "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"}


def test_the_first_visit_finds_its_sizes_made(
    stranger: CloudAccess, database: Database, settings: Settings
) -> None:
    cloud = replace(stranger, ahead=AHEAD)
    at = ActionContext(Operator(), database, cloud, settings)
    file = io.BytesIO(jpeg(2000, 1500, 0) + b"ahead")
    picture = uploads.add_file(at, file, filename="boat.jpg", text=PictureText()).picture

    def made() -> set[str]:
        found = api.resource(picture.public_id, **cloud.account(), type=picture.delivery)
        return {one["id"] for one in found["derived"]}

    wait_until(lambda: len(made()) >= len(AHEAD.split("|")), seconds=240)
    before, shown = made(), view.show(picture, cloud)
    for width in {*view.TILE_WIDTHS, *view.LARGE_WIDTHS} - {2560, 3840}:  # larger than most screens
        answer = urllib3.request("GET", shown.source.replace(view.WIDTH, str(width)), headers=CHROMIUM)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "image/avif")
    assert made() == before


@pytest.mark.parametrize(
    ("filename", "ahead", "eager"),
    [("a.jpg", AHEAD, True), ("a.gif", AHEAD, False), ("A.WEBP", AHEAD, False), ("a.jpg", "", False)],
)
def test_what_an_upload_asks_for(filename: str, ahead: str, eager: bool) -> None:
    told = asked(filename, ahead)
    assert ("eager" in told) == ("eager_async" in told) == eager
    assert told["phash"] == "1"


def test_only_the_own_cloud_makes_sizes_ahead_and_only_when_asked(settings: Settings) -> None:
    foreign = replace(settings, cloudinary_url="cloudinary://k:s@elsewhere")
    silent = replace(settings, sizes_after_upload=False)
    assert [cloud_access(each).ahead for each in (settings, foreign, silent)] == [AHEAD, "", ""]
