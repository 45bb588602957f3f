"""Where the bytes of the media service are kept, as the settings say."""

from typing import TYPE_CHECKING

from picturerail.settings import Settings
from picturerail.storage.base import Storage
from picturerail.storage.filesystem import FileStorage
from picturerail.storage.migration import MovingStorage

if TYPE_CHECKING:
    from picturerail.storage.objects import ObjectStorage


def original_store(settings: Settings) -> Storage:
    """Where originals are kept."""
    return _store(settings, "originals")


def derived_store(settings: Settings) -> Storage:
    """Where derived images are kept."""
    return _store(settings, "derived")


def store_at(settings: Settings, place: str, folder: str) -> Storage:
    """`folder` of the store at `place`: the address of an object store, or "" or "folder" for the data folder."""
    if place in ("", "folder"):
        return FileStorage(settings.data / folder, durable=folder != "derived")
    name = "PICTURERAIL_STORE" if place == settings.store else "PICTURERAIL_STORE_BEFORE"
    return _bucket(settings, place, folder, name)


def check_stores(settings: Settings) -> None:
    """Raise StartupError unless the object stores of the settings answer and let us in."""
    if not settings.own_media:
        return
    for name, place in (
        ("PICTURERAIL_STORE", settings.store),
        ("PICTURERAIL_STORE_BEFORE", settings.store_before),
    ):
        if place not in ("", "folder"):
            _bucket(settings, place, "originals", name).check()


def _bucket(settings: Settings, place: str, folder: str, name: str) -> "ObjectStorage":
    from picturerail.storage.objects import ObjectStorage  # noqa: PLC0415 - megabytes, and most have no bucket

    return ObjectStorage(place, folder, settings.spool_folder, name=name)


def _store(settings: Settings, folder: str) -> Storage:
    current = store_at(settings, settings.store, folder)
    if not settings.store_before:
        return current
    return MovingStorage(current, store_at(settings, settings.store_before, folder))
