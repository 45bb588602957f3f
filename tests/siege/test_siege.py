"""The short form of `make siege`: seconds of each attack, by fewer; what is asked for meanwhile is answered."""

import time
from collections.abc import Iterator

import pytest

from bench.siege.run import ATTACKS, MAX_RESIDENT, MEGABYTE, Attack, Town, town
from picturerail.door.door import BASE64_GROWTH, FORM_BYTES
from picturerail.settings import Settings

SECONDS, ROUNDS = 2, 3  # whatever a busy machine takes for it
MAX_SECONDS = 120
MAX_COUNT = 300


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A program of its own, which nobody else asks for anything."""
    with town(tmp_path_factory.mktemp("siege") / "data") as running:
        yield running


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
def test_nobody_fails_under(place: Town, attack: Attack) -> None:
    visitors = place.visitors()
    assert not visitors.visit(1).failed
    crowd = place.attack(attack, MAX_SECONDS, min(attack.count, MAX_COUNT))
    try:
        time.sleep(1.5)
        visits = visitors.visit(SECONDS, ROUNDS)
        assert crowd.poll() is None, "all of it was asked for under the attack"
        assert not visits.failed
        assert min(map(len, visits.seconds.values())) > 0
        assert visits.count > ROUNDS * len(visitors.names)
        assert place.resident() < MAX_RESIDENT
        assert place.spooled() <= held_at_most(Settings()) + 16 * MEGABYTE
    finally:
        crowd.terminate()
        crowd.wait(60)


def test_uploads_go_on_while_strangers_fill_all_that_they_may(place: Town) -> None:
    attack = next(one for one in ATTACKS if one.kind == "whole-upload")
    crowd = place.attack(attack, SECONDS + 3, attack.count)
    try:
        time.sleep(2)
        assert place.upload(800, 600)["width"] == 800
    finally:
        crowd.wait(60)


def held_at_most(settings: Settings) -> int:
    """Bytes of strangers in all processes: as set, or one upload for each process."""
    one = int(settings.max_upload_bytes * BASE64_GROWTH) + FORM_BYTES
    return max(settings.stranger_bytes, 2 * one)
