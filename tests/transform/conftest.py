"""Doing a transformation in this process, as an image worker does it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from picturerail.transform.grammar import parse
from picturerail.transform.pixels import execute
from picturerail.transform.pixels.sources import facts
from picturerail.transform.plan import Output, make_plan
from picturerail.transform.probe import Limits

Make: TypeAlias = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """make(source, "w_100", "png") -> the path of the answer, whose size is the one that was planned."""

    def made(source: Path, text: str, kind: str = "png") -> Path:
        info = facts.gather(source, Limits()).info
        plan = make_plan(parse(text), info, Output(kind))
        target = tmp_path / f"made.{kind}"
        rendered = execute.render(source, plan, target, Limits(), {})
        assert (rendered.width, rendered.height) == (plan.width, plan.height)
        assert rendered.bytes == target.stat().st_size
        return target

    return made
