"""What is to be made of an asset, and under which key it is kept: known before it is made."""

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

from picturerail.media.asset import Asset
from picturerail.storage import keys
from picturerail.transform import intermediates
from picturerail.transform.intermediates import Intermediate
from picturerail.transform.plan import Plan, as_json
from picturerail.transform.probe import SourceInfo

_REVISION = 4  # raised when the same plan gives other bytes than before


@dataclass(frozen=True)
class DerivedSpec:
    """What is to be made of an asset: the plan as it is worked, on a reduced copy where that will do, and its key."""

    asset: Asset
    plan: Plan
    transformation: str  # as it is listed
    key: str
    layers: tuple[str, ...] = ()  # originals of other pictures that it shows
    # the reduced copy that it makes: nobody asked for one, so none is listed
    copy: Intermediate | None = None

    @classmethod
    def of(cls, asset: Asset, plan: Plan, transformation: str) -> Self:
        """The work that makes `plan` of an asset."""
        plan, identity, layers = _worked(plan, source_of(asset))
        key = keys.derived(asset.original, identity + _address(asset), plan.encoding.format)
        return cls(asset, plan, transformation, key, layers)

    @classmethod
    def of_copy(cls, asset: Asset, copy: Intermediate) -> Self:
        """The work that makes a reduced copy of an asset."""
        plan, identity = _plan_of_copy(copy, source_of(asset))
        key = keys.derived(asset.original, identity + _address(asset), plan.encoding.format)
        return cls(asset, plan, copy.transformation, key, copy=copy)

    @property
    def below(self) -> Self | None:
        """The work that makes the reduced copy on which this one is done; None for the original."""
        copy = _under(self.plan)
        return None if copy is None else self.of_copy(self.asset, copy)


def _address(asset: Asset) -> str:
    """Under which name an asset that is not public is shown: what a path led to before never comes back by it."""
    return f"{asset.type}/{asset.public_id}" if asset.type in ("private", "authenticated") else ""


def _identity(plan: Plan) -> str:
    """Everything that the bytes depend on beside the original."""
    return json.dumps([_REVISION, as_json(plan)], sort_keys=True)


@lru_cache(1000)
def _worked(plan: Plan, source: SourceInfo) -> tuple[Plan, str, tuple[str, ...]]:
    """A plan as it is worked, its identity, and the originals of its layers: the same for all pictures of a size."""
    plan = intermediates.on_intermediate(plan, source)
    return plan, _identity(plan), plan.sources


_under = lru_cache(1000)(intermediates.intermediate_under)


@lru_cache(1000)
def _plan_of_copy(copy: Intermediate, source: SourceInfo) -> tuple[Plan, str]:
    """A plan and its identity: wanted for each picture that is made from the copy."""
    plan = intermediates.plan_intermediate(copy, source)
    return plan, _identity(plan)


def source_of(asset: Asset) -> SourceInfo:
    """The header of a picture, without its length: on that no plan depends, so those of a size share theirs."""
    return _without_length(asset.picture.info)


@lru_cache(1000)
def _without_length(info: SourceInfo) -> SourceInfo:
    return replace(info, bytes=0)
