"""Make on the other side what an account defines, so that what its assets say finds its place there."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import cloudinary.exceptions
import urllib3

from picturerail.errors import PicturerailError
from picturerail.media.foreign_cloud.client import ForeignCloud
from picturerail.media.foreign_cloud.takeover import Takeover
from picturerail.media.maintenance.account.definition_calls import SdkOptions, Told
from picturerail.media.maintenance.account.definitions import FIELDS, DefinitionKind
from picturerail.media.service import Media

TRIES = 4
Send = Callable[[SdkOptions, Told], object]
FAILURES = (cloudinary.exceptions.Error, urllib3.exceptions.HTTPError, PicturerailError, OSError)


@dataclass(frozen=True)
class DefinitionExport:
    """What is defined here, on its way to another cloud; `fields` are the types of the metadata fields there then."""

    media: Media
    cloud: ForeignCloud
    options: SdkOptions
    sleep: Callable[[float], None] = time.sleep
    fields: dict[str, str] = field(default_factory=dict)

    def run(self, kind: DefinitionKind) -> Iterator[Takeover]:
        """What became of each of a kind: made, skipped where there is one of its name, or failed."""
        there = self._there(kind)
        for told in kind.here(self.media):
            name, held = str(told[kind.key]), there.get(str(told[kind.key]))
            yield self._one(kind, f"{kind.noun} {name}", told, held)
        if kind.noun == FIELDS:
            self.fields.update({name: str(each["type"]) for name, each in self._there(kind).items()})

    def _one(self, kind: DefinitionKind, name: str, told: Told, held: Told | None) -> Takeover:
        try:
            if held is None:
                self._persistently(kind.send, kind, told)
                return Takeover(name, "taken")
            if kind.noun == FIELDS and held.get("type") != told["type"]:
                return Takeover(name, "failed", f"is there already, of the type {held.get('type')}")
            if (lacking := kind.lacking(held, told)) is not None:
                self._persistently(kind.send_lacking, kind, lacking)
                return Takeover(name, "taken", "what its list lacked there was added")
        except FAILURES as error:
            return Takeover(name, "failed", str(error))
        return Takeover(name, "skipped", "is there already")

    def _persistently(self, send: Send, kind: DefinitionKind, told: Told) -> None:
        """Send one; before it is tried again, look whether a call whose answer was lost has done it."""
        for tries_left in reversed(range(TRIES)):
            try:
                send(self.options, told)
            except FAILURES as error:
                is_final = isinstance(error, cloudinary.exceptions.BadRequest)
                if not is_final:
                    self.sleep(2.0 ** (TRIES - tries_left))
                held = self._there(kind).get(str(told[kind.key]))
                if held is not None and kind.lacking(held, told) is None:
                    return
                if is_final or not tries_left:
                    raise
            else:
                return

    def _there(self, kind: DefinitionKind) -> dict[str, Told]:
        return {str(each[kind.key]): each for each in kind.listed(self.cloud)}
