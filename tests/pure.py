"""Which tests are pure: those that start no real part. `make quick` runs these, and nothing is marked by hand."""

import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from picturerail import mongod, processes
from tests.media_service import MediaService
from tests.service import Service

ROOT = Path(__file__).parent
REAL = {
    ROOT / name
    for name in ("backup", "browser", "cluster", "door", "edge", "faults", "sdk", "siege", "storage")
}
PARTS = {"mongo_folder", "image_workers", "services"}  # the fixtures that start one
# a module that has one at hand may start one
STARTERS = (Service, MediaService, mongod, processes, subprocess)


def lies_among_real_parts(path: Path) -> bool:
    """True for a folder whose tests all stand on real parts: it need not even be imported."""
    return path in REAL


def is_pure(item: pytest.Item) -> bool:
    """True when neither the test's fixtures nor what its module has imported starts a real part."""
    module = getattr(item, "module", None)
    at_hand = [value for value in vars(module).values() if isinstance(value, type | ModuleType)]
    fixtures = set(getattr(item, "fixturenames", ()))
    dear = any(item.get_closest_marker(each) is not None for each in ("costly", "alone"))
    return not dear and not fixtures & PARTS and not any(value in STARTERS for value in at_hand)
