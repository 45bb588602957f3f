"""Notifications: in order, signed, at least once, whatever dies on the way. Real MongoDB, real receivers."""

import json
import math
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cloudinary
import pytest
from cloudinary.utils import verify_notification_signature

from picturerail.database import Database, Document
from picturerail.errors import BadRequest
from picturerail.jobs import queue
from picturerail.media.notifications import sender
from picturerail.media.notifications.publish import check_url, publish
from picturerail.media.service import Media
from picturerail.outbound.client import OutboundClient
from picturerail.settings import Settings
from tests.media.remote_host import INSIDE, RemoteHost, canary, reply
from tests.service import wait_until


@pytest.fixture
def host() -> Iterator[RemoteHost]:
    with RemoteHost() as running:
        yield running


@pytest.fixture
def media(database: Database, host: RemoteHost, tmp_path: Path) -> Media:
    settings = Settings(data=tmp_path, api_key="key", api_secret="secret", fetch_seconds=2)
    parts = Media.of(settings, database)
    return replace(
        parts, fetcher=replace(OutboundClient.of(settings, tmp_path), allowed=frozenset({host.netloc}))
    )


def drain(media: Media) -> int:
    """Send all that is due now; how many tries that took."""
    tries, worker = 0, sender.worker(media)
    while worker.step():
        tries += 1
    return tries


def later(database: Database, seconds: float) -> None:
    """Let time pass for all that waits."""
    shifts = {name: {"$subtract": [f"${name}", int(seconds * 1000)]} for name in ("due_at", "give_up_at")}
    database["jobs"].update_many({}, [{"$set": shifts}])


def told(host: RemoteHost, path: str = "/hook") -> list[Document]:
    return [json.loads(body) for method, at, _, body in host.seen if method == "POST" and at == path]


def waiting(database: Database) -> int:
    return database["jobs"].count_documents({"kind": sender.KIND, "state": "waiting"})


def test_the_sdk_believes_the_signature(media: Media, host: RemoteHost) -> None:
    publish(media, "upload", {"public_id": "é", "version": 1}, asset_id="a", url=host.serve("/hook", b""))
    assert drain(media) == 1
    _, _, headers, body = host.seen[0]
    cloudinary.config(cloud_name="c", api_key="key", api_secret="secret")
    given = body.decode(), headers["x-cld-timestamp"], headers["x-cld-signature"]
    assert verify_notification_signature(*given)
    assert not verify_notification_signature(given[0] + " ", *given[1:])
    message = json.loads(body)
    assert message["notification_type"] == "upload"
    assert (message["public_id"], message["signature_key"]) == ("é", "key")
    assert len(message["notification_id"]) == 32
    assert waiting(media.database) == 0


def test_what_happened_to_an_asset_arrives_in_order(media: Media, host: RemoteHost) -> None:
    url = host.serve("/hook", b"")
    for number in range(20):
        publish(media, "upload", {"number": number}, asset_id="a", url=url)
    assert drain(media) == 20
    assert [message["number"] for message in told(host)] == list(range(20))


def test_order_holds_while_a_receiver_fails_and_with_many_senders(media: Media, host: RemoteHost) -> None:
    seen: dict[str, list[int]] = {"a": [], "b": [], "c": []}
    failing = {3, 7, 8}

    def hook(request: Any) -> None:
        message = json.loads(request.body)
        tried = attempts.setdefault((message["of"], message["number"]), [])
        tried.append(time.monotonic())
        if message["number"] in failing and len(tried) < 3:
            return reply(request, b"", 500, {})
        seen[message["of"]].append(message["number"])
        return reply(request, b"", 200, {})

    attempts: dict[tuple[str, int], list[float]] = {}
    host.answers["/hook"] = hook
    for number in range(10):
        for asset in seen:
            publish(media, "x", {"number": number, "of": asset}, asset_id=asset, url=f"{host.url}/hook")
    with ThreadPoolExecutor(4) as pool:
        for _ in range(12):
            list(pool.map(drain, [media] * 4))
            later(media.database, 600)
    assert seen == {asset: list(range(10)) for asset in seen}
    assert waiting(media.database) == 0
    assert {number for (_, number), tried in attempts.items() if len(tried) == 3} == failing


def test_a_receiver_that_is_away_delays_nobody_else(media: Media, host: RemoteHost) -> None:
    down, up = host.serve("/down", b"", 503), host.serve("/hook", b"")
    for number in range(5):
        publish(media, "x", {"number": number}, asset_id="a", url=down)
        publish(media, "x", {"number": number}, asset_id="a", url=up)
    drain(media)
    assert [message["number"] for message in told(host)] == [0, 1, 2, 3, 4]
    assert {message["number"] for message in told(host, "/down")} == {0}, "once, or again after its pause"


def test_pauses_grow_to_five_minutes_and_the_message_stays_the_same(media: Media, host: RemoteHost) -> None:
    publish(media, "x", {}, asset_id="a", url=host.serve("/hook", b"", 500))
    pauses = []
    for _ in range(12):
        assert drain(media) == 1
        due = media.database["jobs"].find_one({})
        assert due is not None
        pauses.append((due["due_at"] - datetime.now(UTC)).total_seconds())
        later(media.database, pauses[-1] + 0.01)  # the database's times are rounded
    assert [math.ceil(pause) for pause in pauses] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    host.serve("/hook", b"")
    assert drain(media) == 1
    assert waiting(media.database) == 0
    assert len({json.dumps(message) for message in told(host)}) == 1


@pytest.mark.parametrize("status", [301, 400, 404, 410, 429, 500, 503])
def test_only_2xx_counts_as_taken(media: Media, host: RemoteHost, status: int) -> None:
    publish(media, "x", {}, asset_id="a", url=host.serve("/hook", b"", status, Location="/elsewhere"))
    assert drain(media) == 1
    assert waiting(media.database) == 1
    assert told(host, "/elsewhere") == []


def test_a_sender_that_dies_loses_nothing(media: Media, host: RemoteHost) -> None:
    url = host.serve("/hook", b"")
    publish(media, "x", {"number": 1}, asset_id="a", url=url)
    publish(media, "x", {"number": 2}, asset_id="a", url=url)
    lease = timedelta(seconds=media.settings.fetch_seconds + sender.LEASE_MARGIN)
    assert queue.take(media.database, [sender.KIND], datetime.now(UTC), lease)  # and is never heard of again
    assert drain(media) == 0
    later(media.database, lease.total_seconds())
    assert drain(media) == 2
    assert [message["number"] for message in told(host)] == [1, 2]


def test_writers_and_senders_at_once_leave_no_line_without_a_head(media: Media, host: RemoteHost) -> None:
    url = host.serve("/hook", b"")
    stop = threading.Event()

    def keep_sending() -> None:
        while not stop.is_set():
            drain(media)

    with ThreadPoolExecutor(6) as pool:
        senders = [pool.submit(keep_sending) for _ in range(2)]
        writers = [
            pool.submit(publish, media, "x", {"number": number}, asset_id="a", url=url)
            for number in range(60)
        ]
        for writer in writers:
            writer.result()
        wait_until(lambda: waiting(media.database) == 0)
        stop.set()
        for each in senders:
            each.result()
    assert sorted(message["number"] for message in told(host)) == list(range(60))


def test_equal_events_have_equal_ids(media: Media, host: RemoteHost) -> None:
    url = host.serve("/hook", b"")
    for once in ("version 1", "version 1", "version 2"):
        publish(media, "upload", {}, asset_id="a", url=url, once=once)
    drain(media)
    ids = [message["notification_id"] for message in told(host)]
    assert ids[0] == ids[1] != ids[2]


def test_triggers_get_their_kind(media: Media, host: RemoteHost) -> None:
    for kind in ("upload", "delete", "all"):
        trigger = {"id": kind, "uri": host.serve(f"/{kind}", b""), "uri_type": "webhook", "event_type": kind}
        media.database["triggers"].insert_one(trigger)
    publish(media, "upload", {}, asset_id="a")
    publish(media, "rename", {}, asset_id="a")
    drain(media)
    assert [len(told(host, f"/{kind}")) for kind in ("upload", "delete", "all")] == [1, 0, 2]


def test_who_is_named_by_a_call_is_told_instead_of_triggers_that_are_not_additive(
    media: Media, host: RemoteHost
) -> None:
    for name, said in {"plain": {"additive": False}, "also": {"additive": True}, "older": {}}.items():
        uri = host.serve(f"/{name}", b"")
        trigger = {"id": name, "uri": uri, "uri_type": "webhook", "event_type": "upload", **said}
        media.database["triggers"].insert_one(trigger)
    publish(media, "upload", {}, asset_id="a", url=host.serve("/hook", b""))
    publish(media, "upload", {}, asset_id="b")
    drain(media)
    assert [len(told(host, f"/{name}")) for name in ("hook", "plain", "also", "older")] == [1, 1, 2, 2]


@pytest.mark.parametrize("spelling", INSIDE)
def test_nothing_inside_is_notified(media: Media, spelling: str) -> None:
    with canary() as (port, four), canary("::1") as (_, six):
        url = spelling.replace("{port}", str(port))
        with pytest.raises(BadRequest, match="Invalid notification_url"):
            check_url(media, url)
        publish(media, "x", {}, asset_id="a", url=url)  # even if it got into the queue
        drain(media)
        assert (four, six) == ([], [])
        assert waiting(media.database) == 1


def test_a_host_that_is_not_known_now_may_be_known_later(media: Media) -> None:
    unknown = replace(media, fetcher=replace(media.fetcher, resolve=lambda host, port: []))
    assert check_url(unknown, "https://example.com") == "https://example.com/"


def test_old_ones_are_given_up(media: Media, host: RemoteHost) -> None:
    for number in range(2):
        publish(media, "x", {"number": number}, asset_id="a", url=host.serve("/hook", b"", 500))
    later(media.database, media.settings.notification_days * 86_400 - 60)
    assert drain(media) == 1
    assert waiting(media.database) == 2
    later(media.database, 120)
    assert drain(media) == 2
    assert [job["state"] for job in media.database["jobs"].find({})] == ["dead", "dead"]
    assert [job["reason"] for job in media.database["jobs"].find({})] == ["the receiver answered 500"] * 2


def test_the_loop_sends_by_itself(media: Media, host: RemoteHost) -> None:
    sender.worker(media).start()
    publish(media, "x", {}, asset_id="a", url=host.serve("/hook", b""))
    wait_until(lambda: waiting(media.database) == 0)
    assert len(told(host)) == 1
