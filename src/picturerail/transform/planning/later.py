"""What can be planned only when a size is known: behind e_trim, or what is done to a text that is drawn.

So is what follows a layer that made the canvas larger than was planned. It is planned by an image worker, which can ask
nobody for a layer, a face or a name. So all that it may ask for is found before, in every branch of every condition.
What is not there in one of these is missed when it is needed.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from picturerail.errors import BadRequest, NotFound, Unauthorized
from picturerail.transform.boxes import Area
from picturerail.transform.foreseen import Box, Foreseen, FoundLayer
from picturerail.transform.grammar import Component, Transformation, canonical, parse
from picturerail.transform.language.expressions import Formula
from picturerail.transform.language.layers import is_own_font
from picturerail.transform.language.values import Value
from picturerail.transform.planning.blocks import Components, branches, without
from picturerail.transform.planning.context import Context, Face, LayerAsset
from picturerail.transform.planning.geometry.faces import custom_now, faces_now
from picturerail.transform.planning.state import State
from picturerail.transform.planning.styles import named_style, style_of
from picturerail.transform.planning.variables import assigned, names, resolved

_ABOUT_FACES = re.compile(r"face|redeye|(?<![A-Za-z0-9$])fc(?![A-Za-z0-9])")
_OF_THE_WHOLE = ("iw", "ih", "iar", "pc", "cp")
MAX_STATES = 32  # ways in which branches leave the variables

States: TypeAlias = tuple[State, ...]


@dataclass
class _Found:
    conditional: bool  # something may stand in a branch that is not taken, and need not be there
    layers: dict[tuple[str, str], LayerAsset] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)
    within: list[str] = field(default_factory=list)  # names that are looked through at this moment


def foresee(state: State, components: Components, *, whole: bool) -> tuple[State, Foreseen | None]:
    """The state with what these components say about the file, and all that they may ask for; None for nothing.

    `whole` says that they are about the picture itself, with its faces and its first size, and not about a text.
    """
    found = _Found(any(component.get("if") is not None for component in components))
    seen = _looked_through((state,), components, found)[-1]
    state = seen if whole else replace(seen, done=state.done)
    text = "/".join((canonical(Transformation(components)), *found.named.values()))
    about_faces = bool(_ABOUT_FACES.search(text))
    values = {
        **state.context.values,
        **({name: names(state)[name] for name in _OF_THE_WHOLE} if whole else {}),
    }
    foreseen = Foreseen(
        layers=tuple(_layer(asked, asset, with_faces=about_faces) for asked, asset in found.layers.items()),
        files=tuple(found.files.items()),
        named=tuple(found.named.items()),
        styles=tuple(found.styles.items()),
        faces=_boxes(faces_now(state)) if whole and about_faces else (),
        custom=_boxes(custom_now(state)) if whole else (),
        tags=state.context.tags if "tags" in text else (),
        values=tuple((name, value) for name, value in values.items() if _speaks_of(text, name)),
    )
    return state, foreseen if foreseen != Foreseen() else None


def context_of(foreseen: Foreseen | None, width: int, height: int, left: int = 0, top: int = 0) -> Context:
    """The answers to what is asked for now that the picture is so large, cut from what it was at this place."""
    if foreseen is None:
        return Context()
    layers = {(one.type, one.name): one for one in foreseen.layers}
    files, named, styles = dict(foreseen.files), dict(foreseen.named), dict(foreseen.styles)
    nothing = Context()

    def layer(kind: str, name: str) -> LayerAsset:
        one = layers.get((kind, name))
        if one is None:
            return nothing.layer(kind, name)
        faces, custom = _faces(one.faces), _faces(one.custom)
        return LayerAsset(one.info, one.original, lambda: faces, custom)

    def seen(boxes: Sequence[Box]) -> tuple[Face, ...]:
        return tuple(
            Face((x - left) / width, (y - top) / height, w / width, h / height) for x, y, w, h in boxes
        )

    return Context(
        layer=layer,
        raw=lambda name: files.get(name) or nothing.raw(name),
        font=lambda name: files.get(name) or nothing.font(name),
        named=lambda name: parse(named[name]) if name in named else nothing.named(name),
        style=lambda name: parse(styles[name]).components[0] if name in styles else nothing.style(name),
        faces=lambda: seen(foreseen.faces),
        custom=seen(foreseen.custom),
        tags=foreseen.tags,
        values=dict(foreseen.values),
    )


def _looked_through(states: States, components: Components, found: _Found) -> States:
    """All that variables may be behind these components, as each branch of a condition leaves them."""
    while components:
        head = components[0]
        if isinstance(head.get("if"), Formula):
            ways = branches(components)
            parted = [_looked_through(states, way, found) for way in (ways.then, ways.otherwise)]
            states, components = _each_once(*parted), ways.after
        else:
            states = _each_once(*(_looked_at(state, head, found) for state in states))
            components = components[1:]
    return states


def _looked_at(state: State, component: Component, found: _Found) -> States:
    with suppress(BadRequest):
        state = assigned(state, component)
    told = _told(state, component)
    state = state.after(told)
    _look(state, told, found)
    states: States = (state,)
    given = told.get("t")
    for name in map(str, given if isinstance(given, tuple) else ()):
        if name not in found.within:
            found.within.append(name)
            with suppress(BadRequest, NotFound):
                inner = state.context.named(name)
                found.named[name] = canonical(inner)
                states = _looked_through(states, inner.components, found)
            found.within.pop()
    return states


def _each_once(*several: States) -> States:
    """States whose variables differ; of those that are alike, the last one."""
    known = {state.variables: state for states in several for state in states}
    if len(known) > MAX_STATES:
        raise BadRequest(f"Variables differ in more than {MAX_STATES} ways from branch to branch.")
    return tuple(known.values())


def _told(state: State, component: Component) -> Component:
    """What can be said of a component before its picture is there: formulas about sizes cannot."""
    values: list[tuple[str, Value]] = []
    for key, value in without(component, "if").values:
        if not isinstance(value, Formula):
            values.append((key, value))
        elif not key.startswith("$"):
            with suppress(BadRequest):
                values += resolved(state, Component(((key, value),))).values
    return Component(tuple(values))


def _look(state: State, told: Component, found: _Found) -> None:
    for value in filter(None, (told.get("l"), told.get("u"))):
        kind, *parts = (str(part) for part in value) if isinstance(value, tuple) else ("",)
        with suppress(*((BadRequest, NotFound, Unauthorized) if found.conditional else ())):
            if kind == "style":
                name, style = named_style(state, parts[0]), style_of(state, parts[0])
                if name:
                    found.styles[name] = canonical(Transformation((style,)))
                _look(state, style, found)
            elif kind == "text" and is_own_font(parts[0]):
                found.files[parts[0]] = state.context.font(parts[0])
            elif kind == "lut":
                found.files[parts[0]] = state.context.raw(parts[0])
            elif kind in ("image", "fetch"):
                asked = ("fetch" if kind == "fetch" else parts[0], parts[-1])
                found.layers[asked] = state.context.layer(*asked)


def _layer(asked: tuple[str, str], asset: LayerAsset, *, with_faces: bool) -> FoundLayer:
    faces = asset.faces() if with_faces else ()
    return FoundLayer(*asked, asset.original, asset.info, _boxes(faces), _boxes(asset.custom))


def _boxes(areas: Iterable[Area | Face]) -> tuple[Box, ...]:
    return tuple((area.x, area.y, area.width, area.height) for area in areas)


def _faces(boxes: Sequence[Box]) -> tuple[Face, ...]:
    return tuple(Face(*box) for box in boxes)


def _speaks_of(text: str, name: str) -> bool:
    """Whether a formula may speak of a name: iw, or ctx:key, which is written ctx:!key!."""
    kind, colon, key = name.partition(":")
    if colon:
        return f"{kind}:!{key}!" in text
    return bool(re.search(rf"(?<![A-Za-z0-9$]){name}(?![A-Za-z0-9])", text))
