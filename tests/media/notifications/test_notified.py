"""Notifications of the whole program: each action tells its receivers, in order, also over kill -9."""

import json
import time
import uuid
from pathlib import Path
from typing import Any

import cloudinary
import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary.utils import verify_notification_signature

from tests.files import jpeg
from tests.media.remote_host import INSIDE, RemoteHost, canary, reply
from tests.service import Service, wait_until

PICTURE = jpeg(60, 40)


def test_each_action_tells_its_receiver_in_order(host: RemoteHost, program_sdk: None) -> None:
    url = host.serve("/all", b"")
    public_id = uuid.uuid4().hex
    made = cloudinary.uploader.upload(
        PICTURE,
        public_id=public_id,
        notification_url=url,
        eager=[{"width": 20, "crop": "scale"}],
        eager_async=True,
    )
    wait_until(lambda: len(host.told("/all")) == 2)
    cloudinary.uploader.explicit(public_id, type="upload", tags="a", notification_url=url)
    cloudinary.uploader.add_tag("b", [public_id], notification_url=url)
    cloudinary.uploader.add_context({"k": "v"}, [public_id], notification_url=url)
    cloudinary.api.update(public_id, moderation_status="approved", notification_url=url)
    cloudinary.uploader.rename(public_id, f"{public_id}2", notification_url=url)
    cloudinary.uploader.destroy(f"{public_id}2", notification_url=url)
    wait_until(lambda: len(host.told("/all")) == 8)
    messages = host.told("/all")
    kinds = [message["notification_type"] for message in messages]
    assert sorted(kinds[:2]) == ["eager", "upload"]
    changed = ["resource_tags_changed", "resource_context_changed"]
    assert kinds[2:] == ["explicit", *changed, "moderation", "rename", "delete"]
    upload = next(message for message in messages if message["notification_type"] == "upload")
    assert {k: upload[k] for k in ("asset_id", "version", "signature")} == {
        k: made[k] for k in ("asset_id", "version", "signature")
    }
    eager = next(message for message in messages if message["notification_type"] == "eager")
    assert eager["eager"][0]["width"] == 20
    assert messages[3]["resources"][public_id]["tags"] == ["a", "b"]
    assert (messages[6]["from_public_id"], messages[6]["to_public_id"]) == (public_id, f"{public_id}2")
    assert messages[7]["resources"][f"{public_id}2"]["asset_id"] == made["asset_id"]
    assert len({message["notification_id"] for message in messages}) == 8
    for _, path, headers, body in host.seen:
        if path == "/all":
            given = body.decode(), headers["x-cld-timestamp"], headers["x-cld-signature"]
            assert verify_notification_signature(*given)


def test_triggers_are_told_about_every_call(host: RemoteHost, program_sdk: None) -> None:
    made = cloudinary.api.create_trigger(uri=host.serve("/trigger", b""), event_type="delete")
    try:
        asset = cloudinary.uploader.upload(PICTURE)
        cloudinary.api.delete_resources([asset["public_id"]])
        wait_until(lambda: len(host.told("/trigger")) == 1)
        assert host.told("/trigger")[0]["resources"][asset["public_id"]]["asset_id"] == asset["asset_id"]
    finally:
        cloudinary.api.delete_trigger(made["id"])


def test_triggers_are_told_of_every_kind_of_change(host: RemoteHost, program_sdk: None) -> None:
    """Also of what has no notification_url in the SDK: folders, restoring, publishing, access control."""
    public_id, folder = uuid.uuid4().hex, uuid.uuid4().hex
    closed, opened = {"access_type": "token"}, {"access_type": "anonymous"}
    cloudinary.uploader.upload(PICTURE, public_id=public_id, backup=True)
    cloudinary.uploader.upload(PICTURE, public_id=f"{public_id}p", type="private")
    trigger = cloudinary.api.create_trigger(uri=host.serve("/changes", b""), event_type="all")
    try:
        cloudinary.api.update(public_id, tags="a", context={"k": "v"}, access_control=[closed])
        cloudinary.api.update(public_id, tags="a", context={"k": "v"}, access_control=[closed])  # nothing new
        cloudinary.uploader.explicit(public_id, type="upload", access_control=[opened])
        cloudinary.uploader.destroy(public_id)
        cloudinary.api.restore([public_id])
        cloudinary.api.publish_by_ids([f"{public_id}p"], type="private")
        cloudinary.api.create_folder(folder)
        cloudinary.api.rename_folder(folder, f"{folder}2")
        cloudinary.api.delete_folder(f"{folder}2")
        asset = ["resource_tags_changed", "resource_context_changed", "access_control_changed", "explicit"]
        asset += ["access_control_changed", "delete", "restore_asset_version"]
        wait_until(lambda: len(host.told("/changes")) == len(asset) + 4)
    finally:
        cloudinary.api.delete_trigger(trigger["id"])
    messages = host.told("/changes")
    of_asset = [each for each in messages if public_id in (*each.get("resources", ()), each.get("public_id"))]
    assert [each["notification_type"] for each in of_asset] == asset
    by_kind = {each["notification_type"]: each for each in messages}
    assert by_kind["publish"]["resources"][f"{public_id}p"]["type"] == "upload"
    assert by_kind["access_control_changed"]["resources"][public_id]["access_control"] == [opened]
    assert by_kind["create_folder"]["folder_path"] == folder
    moved = by_kind["move_or_rename_asset_folder"]
    assert (moved["from_path"], moved["to_path"]) == (folder, f"{folder}2")
    assert by_kind["delete_folder"]["folder_path"] == f"{folder}2"


def test_a_receiver_is_told_where_an_asset_goes_and_what_it_is_called(
    host: RemoteHost, program_sdk: None
) -> None:
    url, public_id = host.serve("/moved", b""), uuid.uuid4().hex
    cloudinary.uploader.upload(PICTURE, public_id=public_id, asset_folder="clothes")
    cloudinary.api.update(public_id, asset_folder="sale", display_name="Blue", notification_url=url)
    cloudinary.api.update(public_id, asset_folder="", tags="a", notification_url=url)
    wait_until(lambda: len(host.told("/moved")) == 4)
    told = [(each["notification_type"], each["resources"][public_id]) for each in host.told("/moved")]
    moves = [of for kind, of in told if kind == "move"]
    ways = [(of["from_asset_folder"], of["to_asset_folder"], of["display_name"]) for of in moves]
    assert ways == [("clothes", "sale", "Blue"), ("sale", "", "Blue")]
    named = dict(told)["resource_display_name_changed"]
    assert (named["previous_display_name"], named["new_display_name"]) == (public_id, "Blue")


@pytest.mark.parametrize("name", ["notification_url", "eager_notification_url"])
def test_nothing_inside_is_a_receiver(program_sdk: None, name: str) -> None:
    with canary() as (port, four), canary("::1") as (_, six):
        for spelling in INSIDE[::3]:
            with pytest.raises(cloudinary.exceptions.BadRequest, match="Invalid notification_url"):
                cloudinary.uploader.upload(PICTURE, **{name: spelling.replace("{port}", str(port))})
        assert (four, six) == ([], [])


def test_kill_9_loses_no_notification_and_keeps_their_order(
    program: Service, host: RemoteHost, program_sdk: None
) -> None:
    """The receiver is away, the program is killed, the receiver comes back: everything arrives, in order."""
    public_id = uuid.uuid4().hex
    url = host.serve("/down", b"", 503)
    versions = []
    for round_ in range(2):
        for number in range(4):
            tags = f"{round_}-{number}"
            versions.append(tags)
            cloudinary.uploader.upload(PICTURE, public_id=public_id, tags=tags, notification_url=url)
        if round_ < 1:
            program.kill()
            program.start()
    seen: list[str] = []

    def take(request: Any) -> None:
        tag = json.loads(request.body)["tags"][0]
        if tag not in seen:  # at least once: the same may come twice
            seen.append(tag)
        reply(request, b"", 200, {})

    host.answers["/down"] = take
    begun = time.monotonic()
    wait_until(lambda: len(seen) == len(versions), 120)
    assert seen == versions
    assert time.monotonic() - begun < 100


def test_nothing_is_sent_for_a_call_that_fails(
    program: Service, host: RemoteHost, program_sdk: None, tmp_path: Path
) -> None:
    url = host.serve("/never", b"")
    with pytest.raises(cloudinary.exceptions.BadRequest):
        cloudinary.uploader.upload(b"no picture", notification_url=url)
    assert cloudinary.uploader.destroy("nothing", notification_url=url)["result"] == "not found"
    time.sleep(1.5)
    assert host.told("/never") == []
