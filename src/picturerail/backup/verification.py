"""Read a backup back, and compare every byte with the hashes that were written down when it was made."""

from collections.abc import Iterator
from typing import Any

from picturerail.backup.dump import Original
from picturerail.backup.repository import Repository, hash_of
from picturerail.backup.snapshot import ORIGINALS, originals_of
from picturerail.errors import NotFound, StartupError


def verify(repository: Repository) -> Iterator[str]:
    """A sentence for each thing that is wrong in any snapshot; each original is read once."""
    manifests = repository.manifests()
    if not manifests:
        yield "There is no whole snapshot in this backup."
    seen: set[str] = set()
    for manifest in manifests:
        yield from _verify_files(repository, manifest)
        excused = {*manifest["originals"]["missing"], *manifest["originals"]["damaged"]}
        for original in _listed(repository, manifest):
            if original.key not in seen and original.key not in excused:
                seen.add(original.key)
                yield from _verify_original(repository, original)


def _verify_files(repository: Repository, manifest: dict[str, Any]) -> Iterator[str]:
    for name, kept in manifest["files"].items():
        if not _is(repository, kept["key"], kept["sha256"], original=False):
            yield f"snapshot {manifest['snapshot']}: {name} is missing or damaged"


def _verify_original(repository: Repository, original: Original) -> Iterator[str]:
    if not _is(repository, original.key, original.sha256, original=True):
        yield f"original {original.key} is missing or damaged"


def _listed(repository: Repository, manifest: dict[str, Any]) -> Iterator[Original]:
    try:
        with repository.fetch(repository.snapshots, manifest["files"][ORIGINALS]["key"]) as listing:
            yield from originals_of(listing)
    except (NotFound, StartupError, OSError, EOFError):
        return  # said already: the list is one of the files


def _is(repository: Repository, key: str, sha256: str, *, original: bool) -> bool:
    store = repository.originals if original else repository.snapshots
    try:
        with repository.fetch(store, key) as file:
            return hash_of(file) == sha256
    except (NotFound, StartupError):
        return False
