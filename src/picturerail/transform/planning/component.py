"""Components one after another: conditions choose, names are replaced, layers are planned apart."""

from dataclasses import replace

from picturerail.errors import BadRequest
from picturerail.transform.boxes import Size, nearest
from picturerail.transform.grammar import Component, Transformation, canonical, flags_of, read_value
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
from picturerail.transform.planning.layers import drawn_by, image_layer, text_layer
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
    variables = tuple((name, Formula(_written(value))) for name, value in state.variables)
    setting = Component((*variables, *((("dpr", state.dpr),) if state.dpr != 1 else ())))
    beside = without(component, "e")
    parts = (*((setting,) if setting.values else ()), *((beside,) if beside.values else ()), *after)
    return canonical(Transformation(parts))


def _written(value: Result) -> str:
    if isinstance(value, int | float):
        return show_number(value)
    return f"!{':'.join(value) if isinstance(value, tuple) else value}!"


def _layer(state: State, components: Components) -> tuple[State, Components]:
    head = _styled(state, components[0])
    block = _block(state, (head, *components[1:]))
    state = assigned(state, block.placing)
    opening, placing = resolved(state, head), resolved(state, block.place)
    value = opening.get("l") or opening.get("u")
    kind, *parts = value if isinstance(value, tuple) else ("",)
    if kind == "lut":
        if block.changes():
            raise BadRequest(
                "l_lut changes all colours of the picture: sizes, effects and opacity do nothing to it."
            )
        return state.then(Lut(state.context.raw(str(parts[0])))), block.after
    if kind == "text":
        return _text(state, opening, placing, block), block.after
    asset = state.context.layer("fetch" if kind == "fetch" else str(parts[0]), str(parts[-1]))
    beginning = _beginning(state, asset.info.width, asset.info.height)
    context = replace(state.context, faces=asset.faces, custom=asset.custom)
    beginning = replace(beginning, region=_region(state, placing), context=context)
    inner = plan_components(beginning, _changes(block))
    return image_layer(state, opening, _with_flags(placing, (opening,)), inner, asset), block.after


def _block(state: State, components: Components) -> LayerBlock:
    """The layer that begins here; effects in variables are looked up, for they may say how the layer is mixed."""
    block = layer_block(components)
    if block.placing.get("if") is not None:
        raise BadRequest(
            "if_ cannot stand beside fl_layer_apply: write it before the layer, and if_end behind it."
        )
    return replace(block, opening=_known(state, block.opening), placing=_known(state, block.placing))


def _known(state: State, component: Component) -> Component:
    effect = component.get("e")
    if not isinstance(effect, Formula) or not effect.text.startswith("$"):
        return component
    (found,) = resolved(state, Component((("e", effect),))).values
    return component.having(*found)


def _text(state: State, opening: Component, placing: Component, block: LayerBlock) -> State:
    """A text: some of what stands beside it says how it is drawn, and all else is done to what was drawn."""
    changes = _changes(block, *drawn_by(opening))
    placing = _with_flags(placing, changes)
    measured = tuple(_measured(one, state.size, _region(state, placing)) for one in changes)
    rest = _rest(state, Component(()), _backed(measured))
    return text_layer(state, _coloured(opening, changes), placing, rest)


def _coloured(opening: Component, changes: Components) -> Component:
    """A colour that no effect takes is that of the letters, wherever it stands."""
    colours = [one.get("co") for one in changes if one.get("e") is None]
    colour = next((colour for colour in colours if isinstance(colour, tuple)), None)
    if colour is None or opening.get("co") is not None:
        return opening
    return opening.having("co", colour)


def _measured(component: Component, base: Size, region: Size) -> Component:
    """Sizes relative to the picture below in pixels: where a text is drawn it is not known any more."""
    flags = flags_of(component)
    below = region if "region_relative" in flags else base if "relative" in flags else None
    sides = {"w": below.width, "h": below.height} if below else {}
    return Component(
        tuple(
            (key, nearest(sides[key] * value) if key in sides and isinstance(value, float) else value)
            for key, value in component.values
        )
    )


def _region(state: State, placing: Component) -> Size:
    """The size of what gravity names on the picture below, or of all of it."""
    area = focus(state, str(placing.get("g") or ""))
    return Size(max(1, round(area.width)), max(1, round(area.height))) if area else state.size


def _changes(block: LayerBlock, *drawn: str) -> Components:
    """What is done to a layer; flags about its sizes may stand where it is placed, too."""
    flags = {"relative", "region_relative"}.intersection(flags_of(block.placing))
    changes = block.changes(*drawn)
    return tuple(_flagged(one, *flags) for one in changes) if flags else changes


def _flagged(component: Component, *flags: str) -> Component:
    return component.having("fl", tuple(sorted({*flags_of(component), *flags})))


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


def _with_flags(placing: Component, others: Components) -> Component:
    """Where a layer lies, with the flags beside its name; those of a text count wherever they stand."""
    flags = [flag for component in others for flag in flags_of(component)]
    return _flagged(placing, *flags) if flags else placing


def _beginning(state: State, width: int, height: int) -> State:
    """The state with which a layer begins: its own size, the names and limits of the picture below."""
    size = replace(state.size, width=width, height=height)
    return replace(state, size=size, initial=size, steps=(), base=state.size)
