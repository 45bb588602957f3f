"""Compare an account of another cloud with what is here of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from picturerail.media.asset import Asset, Identity
from picturerail.media.foreign_cloud.client import ForeignCloud
from picturerail.media.foreign_cloud.foreign_asset import ForeignAsset
from picturerail.media.maintenance.account.account_import import asset_pages
from picturerail.media.maintenance.account.definitions import FOLDERS, KINDS, DefinitionKind
from picturerail.media.maintenance.account.selection import AssetSelection
from picturerail.media.service import Media
from picturerail.media.store import assets

Verdict = Literal["equal", "different", "missing", "only here"]
VERDICTS: tuple[Verdict, ...] = ("equal", "different", "missing", "only here")


@dataclass(frozen=True)
class Compared:
    """What was compared, how it came out, and what differs."""

    name: str
    verdict: Verdict
    why: str = ""


def compare(media: Media, cloud: ForeignCloud, selection: AssetSelection) -> Iterator[Compared]:
    """Every definition and asset of the account; then the assets that are here only."""
    for kind in (*KINDS, *((FOLDERS,) if selection.is_everything else ())):
        yield from _definitions(media, cloud, kind)
    seen: set[Identity] = set()
    for items, _ in asset_pages(cloud, selection):
        told = [each for each in map(ForeignAsset.parse, items) if selection.includes(each)]
        seen |= {each.identity for each in told}
        for each in told:
            if not each.obstacle:
                yield _asset(media, each)
    for document in media.database["assets"].find(selection.query()):
        here = Asset.from_document(document)
        if here.identity not in seen:
            yield Compared(_name(here.identity), "only here")


def _definitions(media: Media, cloud: ForeignCloud, kind: DefinitionKind) -> Iterator[Compared]:
    here = {str(each[kind.key]): each for each in kind.here(media)}
    for told in kind.listed(cloud):
        name = f"{kind.noun} {told[kind.key]}"
        held = here.pop(str(told[kind.key]), None)
        if held is None:
            yield Compared(name, "missing")
            continue
        differing = kind.differences(kind.whole(cloud, told), held)
        yield Compared(name, "different" if differing else "equal", ", ".join(differing))
    for name in here:
        yield Compared(f"{kind.noun} {name}", "only here")


def _asset(media: Media, told: ForeignAsset) -> Compared:
    here = assets.find(media.database, told.identity)
    if here is None:
        return Compared(told.name, "missing")
    differing = told.differences(here)
    return Compared(told.name, "different" if differing else "equal", ", ".join(differing))


def _name(identity: Identity) -> str:
    return f"{identity.resource_type}/{identity.type}/{identity.public_id}"
