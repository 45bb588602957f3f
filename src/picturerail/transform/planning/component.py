"""Components one after another: conditions choose, names are replaced, layers are planned apart."""

from dataclasses import replace

from picturerail.errors import BadRequest
from picturerail.transform.boxes import Size
from picturerail.transform.grammar import Component, Transformation, canonical, flags_of, read_value
from picturerail.transform.language.effect_table import BLENDS
from picturerail.transform.language.expressions import Formula, Result
from picturerail.transform.language.values import show_number
from picturerail.transform.planning.blocks import (
    Components,
    LayerBlock,
    branches,
    is_layer,
    layer_block,
    without,
)
from picturerail.transform.planning.effects import plan_effect, plan_trim
from picturerail.transform.planning.geometry.faces import focus
from picturerail.transform.planning.geometry.outline import OUTLINE
from picturerail.transform.planning.geometry.resize import plan_resize
from picturerail.transform.planning.layers import image_layer, text_layer
from picturerail.transform.planning.state import State
from picturerail.transform.planning.variables import assigned, holds, names, resolved
from picturerail.transform.steps import Lut

# What one component does, in this order whatever the order of its parameters.
ORDER = (plan_resize, plan_effect, *OUTLINE)
MAX_COMPONENTS = 200  # components, after names were replaced by what they stand for


def plan_components(state: State, components: Components) -> State:
    """The state after components."""
    for _ in range(MAX_COMPONENTS):
        if not components:
            return state
        state, components = _one(state, components)
    raise BadRequest(f"The transformation has more than {MAX_COMPONENTS} components, named ones included.")


def _one(state: State, components: Components) -> tuple[State, Components]:
    """The state after the first component, and those that are still to do."""
    head = components[0]
    if (condition := head.get("if")) is not None:
        return state, _chosen(state, condition, components)
    if is_layer(head):
        return _layer(assigned(state, head), components)
    state = assigned(state, head)
    component = resolved(state, head)
    if isinstance(names := component.get("t"), tuple):
        named = [c for name in names for c in state.context.named(str(name)).components]
        return state, (*named, without(component, "t"), *components[1:])
    if (trimmed := plan_trim(state, component, _rest(state, component, components[1:]))) is not None:
        return trimmed, ()
    for plan_part in ORDER:
        state = plan_part(state, component)
    return state, components[1:]


def _chosen(state: State, condition: object, components: Components) -> Components:
    if not isinstance(condition, Formula):
        raise BadRequest(f"if_{condition} stands there without an if_ before it.")
    found = branches(components)
    return (*(found.then if holds(state, condition) else found.otherwise), *found.after)


def _rest(state: State, component: Component, after: Components) -> str:
    """What is left to do, as text in which the variables are set: for when the size is known only then."""
    setting = Component(tuple((name, Formula(_written(value))) for name, value in state.variables))
    beside = without(component, "e")
    parts = (*((setting,) if setting.values else ()), *((beside,) if beside.values else ()), *after)
    return canonical(Transformation(parts))


def _written(value: Result) -> str:
    if isinstance(value, int | float):
        return show_number(value)
    return f"!{':'.join(value) if isinstance(value, tuple) else value}!"


def _layer(state: State, components: Components) -> tuple[State, Components]:
    components = (_styled(state, components[0]), *components[1:])
    opening = resolved(state, components[0])
    effect = opening.get("e")
    if (
        isinstance(effect, tuple) and effect[0] in BLENDS
    ):  # says how the layer is mixed: nothing to do to the layer
        components = (without(components[0], "e"), *components[1:])
    block = layer_block(components)
    value = opening.get("l") or opening.get("u")
    kind, *parts = value if isinstance(value, tuple) else ("",)
    placing = resolved(state, block.placing)
    if kind == "text":
        # Its width, colour and stroke are those of the drawing; all else is done to what was drawn.
        drawing = ("c", "w", "h", "co", *(("bo",) if "stroke" in str(parts[2]).split("_") else ()))
        drawn = layer_block((without(components[0], *drawing), *components[1:])).inner
        rest = _rest(state, Component(()), _backed(drawn))
        placing = _with_flags(placing, drawn)
        state = text_layer(state, opening, placing, [str(part) for part in parts], rest)
    elif kind == "lut":
        return state.then(Lut(state.context.raw(str(parts[0])))), block.after
    else:
        asset = state.context.layer("fetch" if kind == "fetch" else str(parts[0]), str(parts[-1]))
        beginning = _beginning(state, asset.info.width, asset.info.height)
        beginning = replace(beginning, region=_region(state, placing))
        inner = plan_components(beginning, _relative(block))
        state = image_layer(state, opening, placing, inner, asset)
    return state, block.after


def _region(state: State, placing: Component) -> Size:
    """The size of what gravity names on the picture below, or of all of it."""
    area = focus(state, str(placing.get("g") or ""))
    return Size(max(1, round(area.width)), max(1, round(area.height))) if area else state.size


def _relative(block: LayerBlock) -> Components:
    """What is done to a layer; fl_region_relative may stand where it is placed, and is about its size."""
    if "region_relative" not in flags_of(block.placing):
        return block.inner
    return tuple(
        Component((*without(one, "fl").values, ("fl", (*flags_of(one), "region_relative"))))
        for one in block.inner
    )


def _styled(state: State, opening: Component) -> Component:
    """A text with the style of a stored one, as if it had been written out; what is written here wins."""
    key = "l" if opening.get("l") is not None else "u"
    value = opening.get(key)
    if not isinstance(value, tuple) or value[0] != "style":
        return opening
    stored = _style_of(state, str(value[1]))
    text = stored.get("l")
    if not isinstance(text, tuple):
        raise BadRequest(f"'{value[1]}' has no style that could be taken.")
    more = [item for item in stored.values if item[0] != "l" and opening.get(item[0]) is None]
    return Component((*without(opening, key).values, *more, (key, (*text[:-1], value[2]))))


def _style_of(state: State, name: str) -> Component:
    """The layer whose style is taken: of a stored text, or a style as a variable holds it ($style_!Arial_30!)."""
    if not name.startswith("$"):
        return state.context.style(name)
    style = names(state).get(name)
    if style is None:
        raise BadRequest(f"The style of the text is in {name}, which is not set.")
    return Component((("l", read_value("l", f"text:{style}:x")),))


def _backed(drawn: Components) -> Components:
    """What is done to a text: its background lies right behind the letters, and is rounded and turned with them."""
    if not drawn or drawn[0].get("b") is None:
        return drawn
    behind, before = Component((("b", drawn[0].get("b") or ""),)), without(drawn[0], "b")
    return (behind, *((before,) if before.values else ()), *drawn[1:])


def _with_flags(placing: Component, drawn: Components) -> Component:
    """Flags of a text count wherever they stand, up to where it is placed."""
    flags = sorted({flag for component in (placing, *drawn) for flag in flags_of(component)})
    return Component((*without(placing, "fl").values, ("fl", tuple(flags))))


def _beginning(state: State, width: int, height: int) -> State:
    """The state with which a layer begins: its own size, the names and limits of the picture below."""
    size = replace(state.size, width=width, height=height)
    return replace(state, size=size, initial=size, steps=(), base=state.size)
