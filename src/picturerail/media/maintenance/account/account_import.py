"""Take over an account: what it defines, then its assets, page by page; resumed at the page where it was stopped."""

import hashlib
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from picturerail.errors import PicturerailError, StartupError
from picturerail.media.foreign_cloud.client import ForeignCloud
from picturerail.media.foreign_cloud.foreign_asset import WITH_FIELD, ForeignAsset
from picturerail.media.foreign_cloud.takeover import Takeover, take
from picturerail.media.maintenance.account.definitions import FOLDERS, KINDS, DefinitionKind
from picturerail.media.maintenance.account.selection import AssetSelection
from picturerail.media.service import Media

AT_ONCE = 4  # originals on their way
RESUMED_SECONDS = 3600.0  # after which an import that was stopped begins anew: one call for each page
FOLDER = "imports"  # of the data folder


@dataclass(frozen=True)
class AccountImport:
    """One account, whole or in part, on its way here."""

    media: Media
    cloud: ForeignCloud
    selection: AssetSelection
    again: bool = False  # also what was deleted or renamed here since it came

    def run(self) -> Iterator[Takeover]:
        """What became of each definition and asset, as it is done. May be stopped at any moment and run again."""
        for kind in (*KINDS, *((FOLDERS,) if self.selection.is_everything else ())):
            yield from self._define(kind)
        failed = False
        with ThreadPoolExecutor(AT_ONCE, "take") as pool:
            for items, cursor in self._pages():
                told = filter(self.selection.includes, map(ForeignAsset.parse, items))
                for each in pool.map(partial(take, self.media, self.cloud, again=self.again), told):
                    failed = failed or each.outcome == "failed"
                    yield each
                if not (failed and cursor):  # what failed is to be tried again, also when this run is stopped
                    self._keep(cursor)

    def _define(self, kind: DefinitionKind) -> Iterator[Takeover]:
        here = {str(each[kind.key]) for each in kind.here(self.media)}
        for told in kind.listed(self.cloud):
            name = f"{kind.noun} {told[kind.key]}"
            if str(told[kind.key]) in here:
                yield Takeover(name, "skipped", "is here already")
                continue
            try:
                kind.add(self.media, kind.whole(self.cloud, told))
            except PicturerailError as error:
                yield Takeover(name, "failed", error.message)
            else:
                yield Takeover(name, "taken")

    def _pages(self) -> Iterator[tuple[list[dict[str, Any]], str]]:
        """The pages from the one on at which it was stopped; from the first, when its cursor is known no more."""
        cursor = self._kept()
        if cursor:
            try:
                yield from asset_pages(self.cloud, self.selection, cursor)
            except StartupError:
                self._keep("")
            else:
                return
        yield from asset_pages(self.cloud, self.selection)

    @property
    def _place(self) -> Path:
        of = f"{self.cloud.address.api} {self.cloud.address.cloud_name} {self.selection}"
        name = f"cloudinary-{hashlib.sha256(of.encode()).hexdigest()[:16]}.json"
        return self.media.settings.data / FOLDER / name

    def _kept(self) -> str:
        """The page at which it was stopped; "" when that is long ago: what lies before it may have changed since."""
        try:
            if time.time() - self._place.stat().st_mtime > RESUMED_SECONDS:
                return ""
            return str(json.loads(self._place.read_text())["cursor"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _keep(self, cursor: str) -> None:
        """Remember the page that is next; nothing at the end."""
        if not cursor:
            self._place.unlink(missing_ok=True)
            return
        self._place.parent.mkdir(exist_ok=True, mode=0o700)
        written = self._place.with_suffix(".new")
        written.write_text(json.dumps({"cursor": cursor}))
        written.replace(self._place)


def asset_pages(
    cloud: ForeignCloud, selection: AssetSelection, cursor: str = ""
) -> Iterator[tuple[list[dict[str, Any]], str]]:
    """The assets of an account, with all that is taken over: as many as the cloud tells in one call at a time."""
    asked = {
        "expression": selection.expression(),
        "with_field": list(WITH_FIELD),
        "sort_by": [{"created_at": "asc"}],
    }
    return cloud.pages("resources/search", "resources", body=asked, cursor=cursor)
