"""The faults of the long list, each under load: make faults. Short forms of them run in test_world.py."""

import functools
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from picturerail.cluster import replicas
from tests.cluster.cluster import Cluster, Uploads, Visitor
from tests.cluster.test_world import noise, resized
from tests.service import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PRIMARY_KILLS = 10
ORIGIN_AWAY = 60  # seconds; PICTURERAIL's issue says ten minutes, which shows no more
ROLLING_REQUESTS = 20_000


@dataclass
class Visits:
    """Visitors who ask for warm pictures until told to stop; when which request failed."""

    cluster: Cluster
    paths: list[str]
    count: int = 0
    failed: list[tuple[float, str]] = field(default_factory=list)

    @contextmanager
    def going(self, visitors: int = 4, pause: float = 0.0) -> Iterator[None]:
        stop = threading.Event()
        threads = [threading.Thread(target=self._visit, args=(stop, pause)) for _ in range(visitors)]
        for thread in threads:
            thread.start()
        yield
        stop.set()
        for thread in threads:
            thread.join()

    def _visit(self, stop: threading.Event, pause: float) -> None:
        visitor, number = Visitor(self.cluster), 0
        while not stop.is_set():
            number += 1
            try:
                status = visitor.get(self.paths[number % len(self.paths)]).status
                problem = "" if status == 200 else str(status)
            except Exception as error:
                problem = repr(error)
            self.count += 1
            if problem:
                self.failed.append((time.monotonic(), problem))
            time.sleep(pause)


@pytest.fixture
def paths(visitor: Visitor) -> list[str]:
    """Warm pictures."""
    name = os.urandom(4).hex()
    made = [resized(visitor.upload(noise(number), f"warm/{name}-{number}"), 60) for number in range(10)]
    for path in made:
        assert visitor.get(path).status == 200
    return made


def primary(cluster: Cluster) -> str:
    """The name of the primary; waits for an election to end."""
    wait_until(lambda: replicas.primary(cluster.data) is not None)
    return replicas.primary(cluster.data) or primary(cluster)


def test_the_primary_is_killed_ten_times_under_uploads(cluster: Cluster, paths: list[str]) -> None:
    visits = Visits(cluster, paths)
    with visits.going(1, 0.02), Uploads(cluster, noise, threads=2) as uploads:
        for _ in range(PRIMARY_KILLS):
            cluster.kill(primary(cluster))
            time.sleep(2)
            cluster.wait_well()
            time.sleep(1)
    lost, doubled = uploads.lost_and_doubled()
    said = f"{len(uploads.acknowledged)} acknowledged, {lost} lost, {doubled} doubled, longest {uploads.longest:.1f} s"
    print(
        f"\nprimary killed {PRIMARY_KILLS} times: {said}; {visits.count} visits, {len(visits.failed)} failed"
    )
    assert (lost, doubled) == (0, 0), said
    assert uploads.longest < 5, said
    assert visits.failed == [], "pictures never need the database"


def test_every_database_node_is_killed_and_one_volume(cluster: Cluster, paths: list[str]) -> None:
    with Uploads(cluster, noise, threads=2) as uploads:
        time.sleep(2)
        for name in ("mongo1", "mongo2", "mongo3", "volume2"):
            cluster.kill(name)
        wait_until(lambda: all(cluster.world.parts()[n].ready() for n in range(3)))
        restarted, before = time.monotonic(), len(uploads.acknowledged)
        wait_until(lambda: len(uploads.acknowledged) > before)
        again = time.monotonic() - restarted
        time.sleep(2)
    lost, doubled = uploads.lost_and_doubled()
    print(
        f"\nall mongods killed: {len(uploads.acknowledged)} acknowledged, {lost} lost, serving after {again:.1f} s"
    )
    assert (lost, doubled) == (0, 0)
    assert again < 10


def test_two_of_three_nodes_away_is_503_with_retry_after_and_heals(
    cluster: Cluster, visitor: Visitor, paths: list[str]
) -> None:
    secondaries = sorted({"mongo1", "mongo2", "mongo3"} - {primary(cluster)})
    stopped = [cluster.pid(name) for name in secondaries]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        started, answers = time.monotonic(), []
        while time.monotonic() < started + 12:
            begun = time.monotonic()
            answer = visitor.post_upload(noise(1), "no-majority")
            assert (answer.status, bool(answer.headers.get("Retry-After"))) == (503, True), answer.data
            answers.append(time.monotonic() - begun)
        said = f"the first 503 after {answers[0]:.1f} s, the last of {len(answers)} after {answers[-1]:.2f} s"
        print(f"\nno majority: {said}")
        assert answers[-1] < answers[0] / 3, "once it is known that there is no primary, nobody waits for one"
        assert visitor.get("/gallery/", Cookie="a=b").status == 200, "pages are read from what is left"
        assert visitor.get(paths[0]).status == 200
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    wait_until(lambda: visitor.post_upload(noise(1), "no-majority").status == 200)


@pytest.mark.parametrize("name", ["master", "filer", "s3"])
def test_a_single_part_of_the_store_is_killed(cluster: Cluster, paths: list[str], name: str) -> None:
    """These three are single here: uploads wait or are refused while one is away, and nothing else happens."""
    visits = Visits(cluster, [*paths, "/gallery/"])
    with visits.going(1, 0.02), Uploads(cluster, noise, threads=2) as uploads:
        time.sleep(2)
        cluster.kill(name)
        killed, before = time.monotonic(), len(uploads.acknowledged)
        time.sleep(2.5)
        while_away = len(uploads.acknowledged) - before
        wait_until(lambda: cluster.ready(name), 60)
        back = time.monotonic() - killed
        before = len(uploads.acknowledged)
        wait_until(lambda: len(uploads.acknowledged) > before + 4, 60)
        again = time.monotonic() - killed - back
    lost, doubled = uploads.lost_and_doubled()
    print(
        f"\n{name} killed: {while_away} uploads acknowledged while it was away, back after {back:.1f} s, uploads go on "
        f"{again:.1f} s later; {len(uploads.acknowledged)} acknowledged, {lost} lost, {doubled} doubled, "
        f"longest {uploads.longest:.1f} s; {visits.count} visits, {len(visits.failed)} failed"
    )
    assert (lost, doubled) == (0, 0)
    assert visits.failed == [], "what edges hold, and pages, need no store"
    cluster.wait_well()


def test_one_edge_is_killed_under_load(cluster: Cluster, paths: list[str]) -> None:
    visits = Visits(cluster, paths)
    with visits.going(4, 0.005):
        time.sleep(2)
        killed = time.monotonic()
        cluster.kill("edge1")
        time.sleep(6)
    late = [each for each in visits.failed if each[0] > killed + 1]
    print(
        f"\nedge killed: {visits.count} requests, {len(visits.failed)} failed, {len(late)} later than 1 s after"
    )
    assert late == []
    cluster.wait_well()


def test_every_app_is_restarted_in_turn_under_load(
    cluster: Cluster, visitor: Visitor, paths: list[str]
) -> None:
    """Pages go to the apps, pictures mostly do not: both are asked for."""
    visits = Visits(cluster, [*paths, "/gallery/", "/"] * 5)
    with visits.going(6):
        while visits.count < ROLLING_REQUESTS:
            for name in ("app1", "app2"):
                os.kill(cluster.pid(name), signal.SIGTERM)
                wait_until(functools.partial(_away, cluster, name))
                cluster.wait_well()
    print(f"\nrolling restarts: {visits.count} requests, {len(visits.failed)} failed {visits.failed[:3]}")
    assert visits.failed == []


def test_the_origin_is_away(cluster: Cluster, visitor: Visitor, paths: list[str]) -> None:
    """Both apps are killed again and again, so that none answers for a long while."""
    visits, until = Visits(cluster, paths), time.monotonic() + ORIGIN_AWAY
    slowest = 0.0
    with visits.going(2, 0.01):
        while time.monotonic() < until:
            for name in ("app1", "app2"):
                if cluster.alive(name):
                    cluster.kill(name)
            if not any(cluster.ready(name) for name in ("app1", "app2")):
                slowest = max(slowest, _cold(visitor))
            time.sleep(0.2)
        cluster.wait_well()
    print(
        f"\norigin away {ORIGIN_AWAY} s: {visits.count} warm visits, {len(visits.failed)} failed, "
        f"cold 503 in {slowest:.2f} s"
    )
    assert visits.failed == []
    assert 0 < slowest < 1
    wait_until(lambda: visitor.get(f"{paths[0]}x", None).status == 404)


def _away(cluster: Cluster, name: str) -> bool:
    return not cluster.ready(name)


def _cold(visitor: Visitor) -> float:
    """Seconds until a picture that no edge has is refused."""
    started = time.monotonic()
    answer = visitor.get(f"/picturerail/image/upload/w_{int(started * 1000) % 4000 + 1}/cold.jpg")
    assert answer.status == 503
    assert answer.headers["Retry-After"]
    return time.monotonic() - started
