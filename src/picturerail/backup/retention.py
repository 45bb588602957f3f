"""Which snapshots are kept, and what goes with those that are not."""

from picturerail.backup.repository import MANIFEST, Repository
from picturerail.backup.snapshot import ORIGINALS, originals_of


def prune(repository: Repository, keep: int) -> int:
    """Keep the newest `keep` snapshots; how many were removed. The manifest goes first, the originals last."""
    manifests = repository.manifests()
    old, kept = manifests[:-keep], manifests[-keep:]
    for manifest in old:
        repository.snapshots.delete(f"{manifest['snapshot']}/{MANIFEST}")
    whole = {manifest["snapshot"] for manifest in kept}
    leftovers = {each.key.split("/")[0] for each in repository.snapshots.list()} - whole
    for snapshot in leftovers:  # of runs that were killed, too
        repository.snapshots.delete(snapshot)
    if old:
        _remove_unnamed(repository, [manifest["files"][ORIGINALS]["key"] for manifest in kept])
    return len(old)


def _remove_unnamed(repository: Repository, listings: list[str]) -> None:
    named: set[str] = set()
    for key in listings:
        with repository.fetch(repository.snapshots, key) as listing:
            named.update(original.key for original in originals_of(listing))
    for stored in list(repository.originals.list()):
        if stored.key not in named:
            repository.originals.delete(stored.key)
