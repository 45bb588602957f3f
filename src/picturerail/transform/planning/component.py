"""Components one after another: conditions choose, names are replaced, layers are planned apart."""

from contextlib import suppress
from dataclasses import replace

from picturerail.errors import BadRequest
from picturerail.transform.boxes import Size, nearest
from picturerail.transform.foreseen import Foreseen
from picturerail.transform.grammar import Component, Transformation, canonical, flags_of
from picturerail.transform.language.expressions import Formula, Result
from picturerail.transform.language.values import Value, show_number
from picturerail.transform.planning.blocks import (
    Components,
    LayerBlock,
    branches,
    is_layer,
    layer_block,
    mixes,
    own,
    without,
)
from picturerail.transform.planning.effects import plan_effect, trim_of
from picturerail.transform.planning.geometry.faces import focus
from picturerail.transform.planning.geometry.outline import OUTLINE
from picturerail.transform.planning.geometry.resize import plan_resize
from picturerail.transform.planning.later import foresee
from picturerail.transform.planning.layers import drawn_by, image_layer, text_layer
from picturerail.transform.planning.load_options import seen_as
from picturerail.transform.planning.state import State
from picturerail.transform.planning.styles import styled
from picturerail.transform.planning.variables import assigned, holds, resolved
from picturerail.transform.steps import Lut, Overlay, Trim

# What one component does, in this order whatever the order of its parameters.
ORDER = (plan_resize, plan_effect, *OUTLINE)
# flags that can wait until a file is written
OF_BRANCHES = ("lossy", "png8", "png24", "png32", "progressive")
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
        state, after = _layer(assigned(state, head), components)
        return _ready_to_grow(state, after), after
    state = assigned(state, head)
    component = resolved(state, head)
    state = state.after(component)
    if isinstance(names := component.get("t"), tuple):
        named = [c for name in names for c in state.context.named(str(name)).components]
        return state, (*named, without(component, "t"), *components[1:])
    if (trim := trim_of(component)) is not None:
        return _trimmed(state, trim, without(component, "e"), components[1:]), ()
    for plan_part in ORDER:
        state = plan_part(state, component)
    return state, components[1:]


def _chosen(state: State, condition: object, components: Components) -> Components:
    if not isinstance(condition, Formula):
        raise BadRequest(f"if_{condition} stands there without an if_ before it.")
    found = branches(components)
    return (*(found.then if holds(state, condition) else found.otherwise), *found.after)


def _trimmed(state: State, trim: Trim, beside: Component, after: Components) -> State:
    """The state with a step for e_trim, and all that follows it left to do."""
    later = (*((beside,) if beside.values else ()), *after)
    state, rest, foreseen = _later(state, later)
    return state.then(replace(trim, rest=rest, foreseen=foreseen))


def _later(state: State, components: Components) -> tuple[State, str, Foreseen | None]:
    """What is to be planned when the size of the picture is known: the state that it leaves, and all that it needs."""
    if state.base:
        components = tuple(_measured(one, state.base, state.region or state.base) for one in components)
    seen, foreseen = foresee(state, components, whole=True)
    if any(one.get("if") is not None for one in components):  # each branch may say how the file is written
        components = (*_written_so(state), *components)
    return seen, _rest(state, components), foreseen


def _written_so(state: State) -> Components:
    """What was said up to here about quality and flags, of which a branch may say something else."""
    quality = tuple(item for item in state.settings if item[0] == "q")[-1:]
    flags = tuple(sorted(flag for flag in state.flags if flag.partition(":")[0] in OF_BRANCHES))
    said = Component((*quality, *((("fl", flags),) if flags else ())))
    return (said,) if said.values else ()


def _ready_to_grow(state: State, after: Components) -> State:
    """The state in which a layer that may make the canvas larger knows what follows.

    It is planned for the canvas as it is, since nearly all texts fit, and anew where one did not.
    """
    *before, last = state.steps
    if not after or not isinstance(last, Overlay) or not last.grows:
        return state
    with suppress(BadRequest):  # what cannot be foreseen is done as it was planned
        _, rest, foreseen = _later(state, after)
        return replace(state, steps=(*before, replace(last, if_grown=rest, foreseen=foreseen)))
    return state


def _rest(state: State, after: Components) -> str:
    """What is left to do, as text in which the variables are set: for when the size is known only then."""
    variables = tuple((name, Formula(_written(value))) for name, value in state.variables)
    setting = Component((*variables, *((("dpr", state.dpr),) if state.dpr != 1 else ())))
    parts = (*((setting,) if setting.values else ()), *after)
    return canonical(Transformation(parts))


def _written(value: Result) -> str:
    if isinstance(value, int | float):
        return show_number(value)
    return f"!{':'.join(value) if isinstance(value, tuple) else value}!"


def _layer(state: State, components: Components) -> tuple[State, Components]:
    head = styled(state, components[0])
    block = _block(state, (head, *components[1:]))
    state = assigned(state, block.placing)
    opening, placing = resolved(state, head), resolved(state, block.place)
    state = state.settled(opening).settled(placing)
    value = opening.get("l") or opening.get("u")
    kind, *parts = value if isinstance(value, tuple) else ("",)
    if kind == "lut":
        if block.changes() or any(map(mixes, (opening, placing))) or "cutter" in flags_of(placing):
            raise BadRequest(
                "l_lut changes all colours of the picture: sizes, effects and opacity do nothing to it."
            )
        return state.then(Lut(state.context.raw(str(parts[0])))), block.after
    if kind == "text":
        return _text(state, opening, placing, block), block.after
    asset = state.context.layer("fetch" if kind == "fetch" else str(parts[0]), str(parts[-1]))
    changes = _changes(block)
    info, page = seen_as(asset.info, own(changes), _page_told(state, own(changes)))
    beginning = _beginning(state, info.width, info.height)
    context = replace(state.context, faces=asset.faces, custom=asset.custom)
    beginning = replace(beginning, region=_region(state, placing), context=context)
    inner = plan_components(beginning, changes)
    state = replace(state, settings=inner.settings, flags=inner.flags)
    asset = replace(asset, info=info)
    return image_layer(state, opening, _with_flags(placing, (opening,)), inner, asset, page=page), block.after


def _page_told(state: State, components: Components) -> Value | None:
    given = [value for one in components if (value := one.get("pg")) is not None]
    return resolved(state, Component((("pg", given[-1]),))).get("pg") if given else None


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
    placing = _with_flags(placing, own(changes))
    later = _backed(tuple(_measured(one, state.size, _region(state, placing)) for one in changes))
    seen, foreseen = foresee(state, later, whole=False)
    return text_layer(seen, _coloured(opening, changes), placing, (_rest(state, later), foreseen))


def _coloured(opening: Component, changes: Components) -> Component:
    """A colour that no effect takes is that of the letters, wherever it stands."""
    colours = [one.get("co") for one in own(changes) if one.get("e") is None]
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
    return replace(state, size=size, initial=size, steps=(), done=(), base=state.size)
