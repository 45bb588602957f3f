"""Which components belong together: the branches of a condition, and a layer with what is done to it. Pure."""

from dataclasses import dataclass

from picturerail.errors import BadRequest
from picturerail.transform.grammar import Component, flags_of
from picturerail.transform.language.effect_table import BLENDS
from picturerail.transform.language.expressions import Formula
from picturerail.transform.language.values import Value

Components = tuple[Component, ...]

# What changes a picture; all else says where it lies, how it is written, or more about one of these.
_PLACES = frozenset(("g", "x", "y"))
_SIZING = ("ignore_aspect_ratio", "region_relative", "relative")
_ACTIONS = frozenset(("a", "ar", "b", "bo", "c", "co", "e", "h", "o", "r", "t", "w"))


@dataclass(frozen=True)
class Branches:
    """A condition's two lists of components, and all that comes after them."""

    then: Components
    otherwise: Components
    after: Components


@dataclass(frozen=True)
class LayerBlock:
    """A layer: what stands beside its name, what follows, the component that places it, and all that comes after."""

    opening: Component
    inner: Components
    placing: Component
    after: Components

    @property
    def place(self) -> Component:
        """The component that places the layer, without the formulas in it that are about the layer itself."""
        return Component(
            tuple(
                (key, value)
                for key, value in self.placing.values
                if key.startswith("$") or key in _PLACES or not isinstance(value, Formula)
            )
        )

    def changes(self, *drawn: str) -> Components:
        """What is done to the layer, without the parameters beside its name by which it is drawn.

        What stands beside fl_layer_apply and says nothing about the place is done to it last of all.
        """
        opening, closing = (
            without(part, "e") if mixes(part) else part for part in (self.opening, self.placing)
        )
        closing = Component(tuple(filter(None, map(_about_the_layer, closing.values))))
        parts = (without(opening, *drawn), *self.inner, closing if _acts(closing) else Component(()))
        return tuple(part for part in parts if part.values)


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


def apart(components: Components) -> Components:
    """Conditions beside names of transformations in components of their own: a name stands for several components."""
    found: list[Component] = []
    rest = components
    while rest:
        head, beside, rest = rest[0], without(rest[0], "if"), rest[1:]
        other = rest[0] if rest and rest[0].get("if") == "else" else Component(())
        short = isinstance(head.get("if"), Formula) and bool(beside.values)
        if short and (head.get("t") or other.get("t")):
            found += [_condition(head), beside]
            if other.values:
                found += [_condition(other), *filter(lambda part: part.values, (without(other, "if"),))]
                rest = rest[1:]
            if not other.values or without(other, "if").values:
                found.append(Component((("if", "end"),)))
        elif head.get("if") is not None and head.get("t"):
            found += [_condition(head), beside]
        else:
            found.append(head)
    return tuple(found)


def _condition(component: Component) -> Component:
    return Component(tuple(item for item in component.values if item[0] == "if"))


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

    Without one, or with one in the same component, everything about the layer stands there: sizes and effects are
    for the layer, g_, x_ and y_ place it.
    """
    opening = without(components[0], "l", "u")
    open_layers = 0
    for place, component in enumerate(components):
        if is_layer(component):
            open_layers += 1
        if "layer_apply" in flags_of(component):
            open_layers -= 1
            if open_layers == 0 and place:
                return LayerBlock(opening, components[1:place], component, components[place + 1 :])
    placing = Component(tuple(item for item in opening.values if item[0] in ("g", "x", "y", "fl")))
    return LayerBlock(without(opening, "g", "x", "y"), (), placing, components[1:])


def own(components: Components) -> Components:
    """What is done to a picture itself, without the layers on it and what is done to them."""
    found: list[Component] = []
    while components:
        layered = is_layer(components[0])
        found += () if layered else components[:1]
        components = layer_block(components).after if layered else components[1:]
    return tuple(found)


def mixes(component: Component) -> bool:
    """True for a component whose effect says how a layer is mixed with what lies below."""
    effect = component.get("e")
    return isinstance(effect, tuple) and effect[0] in BLENDS


def _about_the_layer(item: tuple[str, Value]) -> tuple[str, Value] | None:
    """A parameter beside fl_layer_apply without what it says about the place; None for one that says nothing else."""
    key, value = item
    if key == "fl" and isinstance(value, tuple):
        value = tuple(flag for flag in value if flag in _SIZING)
    return None if key in _PLACES or key.startswith("$") or value == () else (key, value)


def _acts(component: Component) -> bool:
    return any(key in _ACTIONS for key, _ in component.values)


def is_layer(component: Component) -> bool:
    """True for a component with which a layer begins."""
    return component.get("l") is not None or component.get("u") is not None
