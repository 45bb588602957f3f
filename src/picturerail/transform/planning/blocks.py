"""Which components belong together: the branches of a condition, and a layer with what is done to it. Pure."""

from dataclasses import dataclass

from picturerail.errors import BadRequest
from picturerail.transform.grammar import Component, flags_of

Components = tuple[Component, ...]


@dataclass(frozen=True)
class Branches:
    """A condition's two lists of components, and all that comes after them."""

    then: Components
    otherwise: Components
    after: Components


@dataclass(frozen=True)
class LayerBlock:
    """What is done to a layer, the component that places it, and all that comes after it."""

    inner: Components
    placing: Component
    after: Components


def without(component: Component, *keys: str) -> Component:
    """A component without some of its parameters."""
    return Component(tuple(item for item in component.values if item[0] not in keys))


def branches(components: Components) -> Branches:
    """The branches of the condition with which the first component begins.

    A condition with parameters beside it holds for that component, and an if_else with parameters directly
    behind it for its own. A condition that stands alone holds up to if_else or if_end.
    """
    head = without(components[0], "if")
    rest = components[1:]
    if not head.values:
        return _long_branches(rest)
    if rest and rest[0].get("if") == "else":
        other = without(rest[0], "if")
        if other.values:
            return Branches((head,), (other,), rest[1:])
        long = _long_branches(rest[1:])
        return Branches((head,), long.then, long.after)
    return Branches((head,), (), rest)


def _long_branches(components: Components) -> Branches:
    depth, split = 0, None
    for place, component in enumerate(components):
        word = component.get("if")
        if word == "end" and depth == 0:
            return _cut(components, split, place)
        if word == "else" and depth == 0:
            split = place
        elif word == "end":
            depth -= 1
        elif word not in (None, "else") and not without(component, "if").values:
            depth += 1
    raise BadRequest("An if_ that stands alone in its component needs an if_end further on.")


def _cut(components: Components, split: int | None, end: int) -> Branches:
    after = components[end + 1 :]
    if split is None:
        return Branches(components[:end], (), after)
    beside = without(components[split], "if")
    otherwise = (*((beside,) if beside.values else ()), *components[split + 1 : end])
    return Branches(components[:split], otherwise, after)


def layer_block(components: Components) -> LayerBlock:
    """The layer with which the first component begins, up to its own fl_layer_apply.

    Without one, everything about the layer stands in that one component: sizes and effects are for the layer,
    g_, x_ and y_ place it.
    """
    open_layers = 0
    for place, component in enumerate(components):
        if is_layer(component):
            open_layers += 1
        if "layer_apply" in flags_of(component):
            open_layers -= 1
            if open_layers == 0:
                opening = without(components[0], "l", "u")
                inner = (*((opening,) if opening.values else ()), *components[1:place])
                return LayerBlock(inner, component, components[place + 1 :])
    placing = Component(tuple(item for item in components[0].values if item[0] in ("g", "x", "y", "fl")))
    inner = (without(components[0], "l", "u", "g", "x", "y"),)
    return LayerBlock(inner if inner[0].values else (), placing, components[1:])


def is_layer(component: Component) -> bool:
    """True for a component with which a layer begins."""
    return component.get("l") is not None or component.get("u") is not None
