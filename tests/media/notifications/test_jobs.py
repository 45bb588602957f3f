"""Work that goes on after its call was answered: done at least once, whatever is killed meanwhile."""

import io
import urllib.request
import uuid
import zipfile

import cloudinary
import cloudinary.api
import cloudinary.uploader
import pytest
from pymongo.errors import AutoReconnect

from picturerail import mongod
from picturerail.database import Client, connect
from picturerail.database import database as database_of
from tests.files import jpeg
from tests.media.remote_host import RemoteHost
from tests.service import Service, wait_until

PICTURE = jpeg(60, 40)
MADE_LATER = {"kind": {"$in": ["eager", "explode"]}}


def jobs_of(client: Client) -> int:
    """What is still to be made later, as soon as the database of a program that starts can be read."""
    counted: list[int] = []

    def is_read() -> bool:
        try:
            counted.append(database_of(client)["jobs"].count_documents(MADE_LATER))
        except AutoReconnect:  # it elects itself
            return False
        return True

    wait_until(is_read)
    return counted[-1]


def derived(public_id: str) -> list[str]:
    detail = cloudinary.api.resource(public_id, max_results=100)
    return sorted(each["transformation"] for each in detail["derived"])


def test_kill_9_loses_no_eager_image_and_no_page(
    program: Service, host: RemoteHost, program_sdk: None
) -> None:
    """The program is killed while the work waits or goes on; after the next start all of it is there and told."""
    url, names = host.serve("/eager", b""), [uuid.uuid4().hex for _ in range(2)]
    eager = [{"width": width, "crop": "scale"} for width in range(10, 55)]
    for name in names:
        answer = cloudinary.uploader.upload(
            PICTURE, public_id=name, eager=eager, eager_async=True, notification_url=url
        )
        assert {each["status"] for each in answer["eager"]} == {"processing"}
    cloudinary.uploader.explode(names[0], transformation={"page": "all", "width": 7}, notification_url=url)
    program.kill()
    with connect(mongod.uri(program.data), serverSelectionTimeoutMS=60_000) as client:
        program.start(wait=False)
        # as soon as the database is there: the kill came before the work was done
        assert jobs_of(client) > 0
        wait_until(program.answers)
        wait_until(lambda: jobs_of(client) == 0, 90)
    wanted = sorted(f"c_scale,w_{width}" for width in range(10, 55))
    for name in names:
        assert [each for each in derived(name) if each.startswith("c_scale")] == wanted
    assert any("pg_1" in each for each in derived(names[0]))

    def kinds(kind: str) -> set[str]:
        return {each["public_id"] for each in host.told("/eager") if each["notification_type"] == kind}

    wait_until(lambda: kinds("eager") == set(names) and kinds("explode") == {names[0]})
    for message in host.told("/eager"):
        if message["notification_type"] == "eager":
            assert {each["width"] for each in message["eager"]} == set(range(10, 55))


@pytest.mark.parametrize("kind", ["sprite", "multi", "generate_archive"])
def test_what_is_made_later_is_kept_and_told(host: RemoteHost, program_sdk: None, kind: str) -> None:
    tag = uuid.uuid4().hex
    for _ in range(2):
        cloudinary.uploader.upload(PICTURE, tags=tag)
    url = host.serve(f"/{kind}", b"")
    if kind == "generate_archive":
        answer = cloudinary.uploader.create_archive(tags=tag, **{"async": True}, notification_url=url)
    else:
        options = {"async": True, "notification_url": url}
        answer = getattr(cloudinary.uploader, f"generate_{kind}" if kind == "sprite" else kind)(
            tag, **options
        )
    assert answer["status"] == "processing"
    wait_until(lambda: len(host.told(f"/{kind}")) == 1)
    message = host.told(f"/{kind}")[0]
    assert message["notification_type"] == kind
    assert message["public_id"].removesuffix(".zip") == answer["public_id"]
    assert message["batch_id"] == answer["batch_id"]
    if kind == "generate_archive":
        with urllib.request.urlopen(message["url"]) as file:
            assert len(zipfile.ZipFile(io.BytesIO(file.read())).namelist()) == 2


def test_what_cannot_be_made_later_is_told_too(host: RemoteHost, program_sdk: None) -> None:
    url = host.serve("/nothing", b"")
    cloudinary.uploader.multi(uuid.uuid4().hex, **{"async": True}, notification_url=url)
    wait_until(lambda: len(host.told("/nothing")) == 1)
    message = host.told("/nothing")[0]
    assert message["status"] == "failed"
    assert message["error"]["message"].startswith("No images found")


def test_an_asynchronous_upload_answers_pending_and_tells_the_asset(
    host: RemoteHost, program_sdk: None
) -> None:
    url = host.serve("/later", b"")
    answer = cloudinary.uploader.upload(PICTURE, **{"async": True}, notification_url=url)
    assert answer["status"] == "pending"
    wait_until(lambda: len(host.told("/later")) == 1)
    assert host.told("/later")[0]["public_id"] == answer["public_id"]
    assert cloudinary.api.resource(answer["public_id"])["width"] == 60
