"""Triggers, and notifications that are fetched, by the official SDK."""

import threading
import time
from typing import Any

import pytest
from cloudinary import api, utils
from cloudinary.exceptions import BadRequest, NotFound

from picturerail.database import Database
from picturerail.media.notifications.publish import publish
from picturerail.media.service import Media
from tests.media_service import MediaService

pytestmark = pytest.mark.usefixtures("cloud", "database")
SAID = {"public_id": "a", "asset_id": "1" * 32}


@pytest.fixture
def media(cloud: MediaService, database: Database) -> Media:
    return Media.of(cloud.settings, database)


def fetched(**address: Any) -> list[dict[str, Any]]:
    return list(api.notifications(wait_seconds=0, **address).get("messages", []))


def test_triggers_are_managed() -> None:
    made = api.create_trigger("poll://orders", "upload", uri_type="poll")
    api.create_trigger("https://example.com/hook", "delete")
    assert [each["event_type"] for each in api.triggers()["triggers"]] == ["upload", "delete"]
    assert [each["id"] for each in api.triggers(event_type="upload")["triggers"]] == [made["id"]]
    assert api.update_trigger(made["id"], "poll://other")["uri"] == "poll://other"
    assert api.test_trigger(made["id"], {"notification_type": "upload"})["result"] is True
    assert api.test_trigger(made["id"], {"notification_type": "delete"})["result"] is False
    api.delete_trigger(made["id"])
    for ask in (api.delete_trigger, api.test_trigger):
        with pytest.raises(NotFound):
            ask(made["id"])


@pytest.mark.parametrize(
    ("uri", "event", "uri_type"),
    [
        ("https://example.com", "never", None),
        ("https://example.com", "upload", "flow"),
        ("poll://orders", "upload", "webhook"),
        ("https://example.com", "upload", "poll"),
        ("poll://", "upload", "poll"),
        ("http://127.0.0.1/hook", "upload", None),
        ("file:///etc/passwd", "upload", None),
    ],
)
def test_bad_triggers_are_refused(uri: str, event: str, uri_type: str | None) -> None:
    with pytest.raises(BadRequest):
        api.create_trigger(uri, event, uri_type=uri_type)


def test_a_channel_keeps_what_its_triggers_tell(media: Media) -> None:
    api.create_trigger("poll://orders", "upload", uri_type="poll")
    publish(media, "upload", SAID, asset_id="a")
    publish(media, "delete", SAID, asset_id="a")
    (message,) = fetched(channel="orders")
    assert message["payload"]["notification_type"] == "upload"
    assert message["payload"]["public_id"] == "a"
    assert utils.verify_notification(message)
    assert fetched(channel="other") == []


def test_a_batch_keeps_what_calls_named_it(media: Media) -> None:
    publish(media, "upload", SAID, asset_id="a", url="poll://*", batch_id="one")
    publish(media, "upload", SAID, asset_id="a", url="poll://*")
    (message,) = fetched(batch_id="one")
    assert message["batch_id"] == "one"
    assert fetched(batch_id="two") == []


def test_a_message_comes_again_until_it_is_acknowledged(media: Media) -> None:
    publish(media, "upload", SAID, asset_id="a", url="poll://orders")
    (first,) = fetched(channel="orders", visibility_timeout=3)
    assert fetched(channel="orders") == []
    time.sleep(3.1)
    (again,) = fetched(channel="orders")
    assert again["payload"] == first["payload"]
    handles = [first["receipt_handle"], again["receipt_handle"], "", "unknown"]
    results = api.ack_notifications(handles)["results"]
    assert [each["status"] for each in results] == ["not_found", "acked", "not_found"]
    assert media.database["messages"].count_documents({}) == 0


def test_who_waits_gets_a_message_when_it_comes(media: Media) -> None:
    later = threading.Timer(0.5, publish, (media, "upload", SAID), {"asset_id": "a", "url": "poll://orders"})
    later.start()
    started = time.monotonic()
    assert len(api.notifications(channel="orders", wait_seconds=20)["messages"]) == 1
    assert 0.4 < time.monotonic() - started < 15


def test_messages_come_in_order_and_so_many_at_a_time(media: Media) -> None:
    for number in range(5):
        publish(media, "upload", {"number": number}, asset_id="a", url="poll://orders")
    numbers = [each["payload"]["number"] for each in fetched(channel="orders", max_messages=3)]
    numbers += [each["payload"]["number"] for each in fetched(channel="orders", max_messages=3)]
    assert numbers == [0, 1, 2, 3, 4]


def test_only_the_account_fetches_messages(cloud: MediaService) -> None:
    with pytest.raises(Exception, match="401"):
        api.notifications(channel="orders", wait_seconds=0, api_secret="wrong")
