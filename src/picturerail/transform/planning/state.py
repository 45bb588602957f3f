"""The picture while it is planned: its size after the steps so far. Each component gives a new state."""

from dataclasses import dataclass, replace

from picturerail.errors import BadRequest
from picturerail.transform.geometry import Size, size_after
from picturerail.transform.grammar import Component, Transformation
from picturerail.transform.planning.output import Output
from picturerail.transform.steps import Step

_SIZED = frozenset(("w", "h", "ar"))


@dataclass(frozen=True)
class State:
    """The size of the picture as seen, the steps so far, and what holds for the whole transformation."""

    size: Size
    limits: Output
    dpr: float = 1.0
    steps: tuple[Step, ...] = ()

    def then(self, *steps: Step, size: Size | None = None) -> "State":
        """The state after more steps; BadRequest when the picture would grow over the limits."""
        size = size or size_after(steps, self.size)
        if (
            max(size.width, size.height) > self.limits.max_side
            or size.width * size.height > self.limits.max_pixels
        ):
            raise BadRequest(
                f"The picture would become {size.width} x {size.height} pixels; a side may have "
                f"{self.limits.max_side} and all of it {self.limits.max_pixels:,}."
            )
        return replace(self, size=size, steps=(*self.steps, *steps))


def transformation_dpr(transformation: Transformation) -> float:
    """The dpr_ of a component of its own, which counts for the sizes in all the others."""
    alone = [c.get("dpr") for c in transformation.components if not _SIZED & {key for key, _ in c.values}]
    given = [float(value) for value in alone if isinstance(value, int | float)]
    return given[-1] if given else 1.0


def component_dpr(state: State, component: Component) -> float:
    """The factor for sizes in pixels in one component."""
    own = component.get("dpr")
    return (
        float(own)
        if isinstance(own, int | float) and _SIZED & {key for key, _ in component.values}
        else state.dpr
    )
