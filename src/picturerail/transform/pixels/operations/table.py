"""The shape of the tables of operations."""

from collections.abc import Callable
from typing import Any, TypeAlias

from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import Step

Operations: TypeAlias = dict[type[Step], Callable[[pyvips.Image, Any], pyvips.Image]]
