"""Uploads while processes are killed with -9; `make faults` does it to each of them, with 200 uploads, five times."""

import time
from collections.abc import Iterator

import pytest

from tests.faults.audit import audit, doctor
from tests.faults.uploads import GalleryClient, Outcome, send_all
from tests.faults.victims import VICTIMS
from tests.service import Service
from tests.services import Services

UPLOADS = 24
ALWAYS = ("everything", "image worker")


@pytest.fixture(scope="module")
def running(
    services: Services,
) -> Iterator[tuple[Service, GalleryClient, list[Outcome]]]:
    with services.program() as service:
        service.add_user("owner@example.com", "owner", "a password for faults")
        client = GalleryClient(service)
        client.sign_in()
        yield service, client, []


@pytest.mark.parametrize(
    "victim", [pytest.param(each, marks=[pytest.mark.slow] if each not in ALWAYS else []) for each in VICTIMS]
)
def test_nothing_acknowledged_is_lost(
    running: tuple[Service, GalleryClient, list[Outcome]], victim: str
) -> None:
    service, client, outcomes = running

    def kill() -> None:
        time.sleep(0.4)
        VICTIMS[victim](service)

    outcomes.append(send_all(service, client, UPLOADS * len(outcomes), UPLOADS, kill))
    healed = send_all(service, client, 10_000 + 4 * len(outcomes), 4, lambda: None)
    assert healed.refused == []
    outcomes.append(healed)
    assert audit(service, client, outcomes).wrong == []


def test_the_doctor_repairs_what_is_left(running: tuple[Service, GalleryClient, list[Outcome]]) -> None:
    service, client, outcomes = running
    doctor(service, "--quiescent", "--repair")
    code, words = doctor(service, "--quiescent")
    assert code == 0, words
    found = audit(service, client, outcomes)
    assert found.wrong == []
    assert found.orphans == 0
