"""Doing a transformation in this process, as an image worker does it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from picturerail.transform.grammar import parse
from picturerail.transform.pixels import execute
from picturerail.transform.pixels.analysis import probe
from picturerail.transform.plan import NOTHING, Context, Output, make_plan
from picturerail.transform.probe import Limits
from picturerail.transform.steps import Trim

Layers: TypeAlias = Mapping[str, Path]
NO_LAYERS: Layers = {}
Make: TypeAlias = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """make(source, "w_100", "png") -> the path of the answer, whose size is the one that was planned."""

    def made(
        source: Path, text: str, kind: str = "png", *, context: Context = NOTHING, layers: Layers = NO_LAYERS
    ) -> Path:
        info = probe.gather(source, Limits()).info
        plan = make_plan(parse(text), info, Output(kind), context)
        target = tmp_path / f"made.{kind}"
        rendered = execute.render(source, plan, target, Limits(), layers)
        if not any(isinstance(step, Trim) or getattr(step, "if_grown", "") for step in plan.steps):
            assert (rendered.width, rendered.height) == (plan.width, plan.height)
        assert rendered.bytes == target.stat().st_size
        return target

    return made
