"""The picture while it is planned: its size after the steps so far. Each component gives a new state."""

from dataclasses import dataclass, field, replace

from picturerail.errors import BadRequest
from picturerail.transform.boxes import Size
from picturerail.transform.grammar import Component, Transformation, flags_of
from picturerail.transform.language.expressions import Formula, Result
from picturerail.transform.language.values import Value
from picturerail.transform.planning.context import Context, Output
from picturerail.transform.steps import Clip, Step, size_after

_SIZED = frozenset(("w", "h", "ar"))
_ABOUT_THE_FILE = frozenset(("cs", "dl", "dn", "q"))


@dataclass(frozen=True)
class State:
    """The size of the picture as seen, the steps so far, and what holds for the whole transformation."""

    size: Size
    initial: Size
    limits: Output
    dpr: float = 1.0
    steps: tuple[Step, ...] = ()
    variables: tuple[tuple[str, Result], ...] = ()
    # how the file is written; of two that differ the last one counts
    settings: tuple[tuple[str, Value], ...] = ()
    flags: frozenset[str] = frozenset()  # of the components that are done
    done: tuple[Component, ...] = ()  # to the picture itself
    context: Context = field(default_factory=Context)
    page: int = 1
    pages: int = 1
    base: Size | None = None  # of the picture below, while a layer is planned
    region: Size | None = None  # of the part of it on which the layer is placed: faces, or custom regions

    @property
    def from_file(self) -> tuple[Step, ...]:
        """The steps with the path that the file carries first, which is in places of the whole picture."""
        rules = {flag for component in self.done for flag in flags_of(component)} & {"clip", "clip_evenodd"}
        return (*((Clip("clip_evenodd" in rules),) if rules else ()), *self.steps)

    def then(self, *steps: Step) -> "State":
        """The state after more steps; BadRequest when the picture would grow over the limits."""
        size = size_after(steps, self.size)
        limits = self.limits
        if max(size.width, size.height) > limits.max_side or size.width * size.height > limits.max_pixels:
            raise BadRequest(
                f"The picture would become {size.width} x {size.height} pixels; a side may have "
                f"{limits.max_side} and all of it {limits.max_pixels:,}."
            )
        return replace(self, size=size, steps=(*self.steps, *steps))

    def settled(self, component: Component) -> "State":
        """The state after what a component, without formulas, says about the file that is written."""
        said = tuple(item for item in component.values if item[0] in _ABOUT_THE_FILE)
        effect = component.get("e")
        if isinstance(effect, tuple) and effect[0] == "loop":
            said = (*said, ("loop", effect[1]))
        flags = self.flags.union(flags_of(component))
        return replace(self, settings=(*self.settings, *said), flags=flags) if said or flags else self

    def after(self, component: Component) -> "State":
        """The state after a component, without formulas, of the picture itself."""
        return replace(self.settled(component), done=(*self.done, component))

    def with_variable(self, name: str, value: Result) -> "State":
        """The state with a variable set."""
        others = tuple(item for item in self.variables if item[0] != name)
        return replace(self, variables=(*others, (name, value)))


def transformation_dpr(transformation: Transformation, output: Output) -> float:
    """The dpr_ of a component of its own, which counts for the sizes in all the others."""
    alone = [c for c in transformation.components if not _SIZED & {key for key, _ in c.values}]
    told = [
        Component((("dpr", transformation.early_value("dpr", value)),)) if isinstance(value, Formula) else c
        for c in alone
        if (value := c.get("dpr")) is not None
    ]
    given = [factor for c in told if (factor := _dpr(c, output)) is not None]
    return given[-1] if given else 1.0


def component_dpr(state: State, component: Component) -> float:
    """The factor for sizes in pixels in one component."""
    own = _dpr(component, state.limits)
    return own if own is not None and _SIZED & {key for key, _ in component.values} else state.dpr


def _dpr(component: Component, output: Output) -> float | None:
    value = component.get("dpr")
    if value == "auto":
        return min(max(output.dpr_hint, 0.1), 10.0)
    return float(value) if isinstance(value, int | float) else None
