"""What is measured: over both applications and all processes, shown to whom it belongs, and drawn by the dashboard."""

import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from cloudinary import uploader
from prometheus_client import REGISTRY
from pymongo.monitoring import CommandSucceededEvent

from picturerail import metrics
from tests.faults.uploads import account_of
from tests.files import jpeg
from tests.service import Service, wait_until

TOKEN = "a-token-of-the-tests"
DASHBOARD = Path("docs/monitoring/grafana.json")
GUIDE = Path("docs/monitoring.md")
NAME = re.compile(r"picturerail_[a-z_]+")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole program with a CDN that is away; `/metrics` is open to the token only."""
    env = {
        "PICTURERAIL_METRICS_TOKEN": TOKEN,
        "PICTURERAIL_CDN_PURGE": "https://127.0.0.1:9/purge",
        "PICTURERAIL_WORKERS": "2",
    }
    with Service(tmp_path_factory.mktemp("metrics") / "data", env=env) as running:
        yield running


def upload(service: Service, picture: bytes, **options: str) -> dict[str, Any]:
    """The answer about a new picture."""
    answer: dict[str, Any] = uploader.upload(picture, **account_of(service), **options)
    return answer


def scrape(service: Service, token: str = TOKEN) -> str:
    request = urllib.request.Request(f"{service.url}/metrics", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        text: str = answer.read().decode()
        return text


def value(text: str, name: str, **labels: str) -> float:
    """The sum of all samples of a name that carry these labels."""
    found = 0.0
    for line in text.splitlines():
        head, _, number = line.rpartition(" ")
        if head.partition("{")[0] == name and all(f'{key}="{text}"' in head for key, text in labels.items()):
            found += float(number)
    return found


@pytest.mark.parametrize("name", ["measured", "service"])
def test_both_applications_and_all_processes_are_counted_together(
    name: str, request: pytest.FixtureRequest
) -> None:
    """Stored pictures leave from the door; with edges or a CDN to be told, from the application behind it."""
    measured: Service = request.getfixturevalue(name)
    picture = jpeg(60, 40)
    answer = upload(measured, picture)
    before = scrape(measured)
    url = answer["url"].replace("/upload/", "/upload/c_scale,w_30/")

    def look() -> None:
        for _ in range(10):
            urllib.request.urlopen(url).read()
            urllib.request.urlopen(f"{measured.url}/").read()

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    def delivered() -> float:
        text = scrape(measured)
        names = ("picturerail_hit_seconds_count", "picturerail_miss_seconds_count")
        return sum(value(text, name) - value(before, name) for name in names)

    wait_until(lambda: delivered() == 80)
    text = scrape(measured)
    assert (
        value(text, "picturerail_requests_total", app="gallery", route="pictures.landing", status="200")
        - value(before, "picturerail_requests_total", app="gallery", route="pictures.landing", status="200")
        == 80
    )
    assert value(text, "picturerail_requests_total", app="media", route="upload", status="200") >= 1
    assert value(text, "picturerail_upload_bytes_total") >= len(picture)
    assert value(text, "picturerail_render_seconds_count") >= 1
    assert value(text, "picturerail_database_seconds_count", command="find") > 0
    assert value(text, "picturerail_database_up") == 1


def test_a_purge_that_cannot_be_delivered_is_seen(measured: Service) -> None:
    public_id = upload(measured, jpeg(60, 40))["public_id"]
    upload(measured, jpeg(61, 40), public_id=public_id)
    wait_until(lambda: value(scrape(measured), "picturerail_purge_backlog", edge="cdn") >= 2)
    wait_until(lambda: value(scrape(measured), "picturerail_job_seconds_count", kind="purge") >= 2)


@pytest.mark.parametrize("token", ["", "wrong", f"{TOKEN}x"])
def test_without_the_token_there_is_no_such_page(measured: Service, token: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        scrape(measured, token)


def test_every_metric_of_the_dashboard_and_of_the_guide_exists(measured: Service) -> None:
    text = scrape(measured)
    families = set(re.findall(r"^# TYPE (picturerail\S+)", text, re.MULTILINE))
    known = families | {re.split(r"[{ ]", line)[0] for line in text.splitlines()}
    panels = json.loads(DASHBOARD.read_text())["panels"]
    drawn = {name for panel in panels for each in panel["targets"] for name in NAME.findall(each["expr"])}
    assert len(drawn) > 12
    assert drawn <= known
    told = set(NAME.findall(GUIDE.read_text()))
    assert told <= known
    bare = {re.sub(r"_(total|count)$", "", name) for name in told}
    assert {re.sub(r"_(total|created)$", "", name) for name in families} <= bare, "each is explained"


def test_hits_counted_together_are_as_hits_counted_one_by_one() -> None:
    values = [0.00001, 0.00002, 0.000021, 0.3, 5.0]
    together = metrics.BatchHistogram("together", "", buckets=metrics.QUICK, registry=None)
    single = metrics.BatchHistogram("single", "", buckets=metrics.QUICK, registry=None)
    together.observe_many(values)
    for each in values:
        single.observe(each)

    def shown(histogram: metrics.BatchHistogram) -> list[tuple[str, dict[str, str], float]]:
        [family] = histogram.collect()
        return [
            (sample.name.partition("_")[2], sample.labels, sample.value)
            for sample in family.samples
            if not sample.name.endswith("_created")
        ]

    assert shown(together) == shown(single)


def test_commands_are_counted_in_a_process_that_never_flushes_and_none_of_them_twice() -> None:
    """Each is noted without a lock; the library's own counting would cost as much as a command's bytes."""

    def counted() -> float:
        return REGISTRY.get_sample_value("picturerail_database_seconds_count", {"command": "count"}) or 0

    before = counted()
    event = cast("CommandSucceededEvent", SimpleNamespace(command_name="count", duration_micros=250))
    for _ in range(metrics.MAX_WAITING + 10):
        metrics.DatabaseTime().succeeded(event)
    assert counted() > before
    metrics.flush()
    assert counted() == before + metrics.MAX_WAITING + 10
    metrics.flush()
    assert counted() == before + metrics.MAX_WAITING + 10
