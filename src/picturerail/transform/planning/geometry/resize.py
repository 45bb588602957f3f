"""The parameters that change the size: c_, w_, h_, ar_, g_, x_, y_, z_ and dpr_."""

from dataclasses import replace

from picturerail.errors import BadRequest
from picturerail.transform.boxes import Area, Size, nearest
from picturerail.transform.grammar import Component, flags_of
from picturerail.transform.language.effect_table import PLACED, REGIONAL
from picturerail.transform.language.geometry_values import palette_of
from picturerail.transform.language.values import Value, is_automatic
from picturerail.transform.planning.geometry.faces import MARGIN, around, centred, focus
from picturerail.transform.planning.geometry.sizes import (
    ResizeRequest,
    crop_box,
    resize_steps,
    target,
)
from picturerail.transform.planning.state import State, component_dpr
from picturerail.transform.steps import Crop, Pad, Resize, Rotate, SmartCrop, Step

_PADDING = ("pad", "lpad", "mpad")
_CUTTING = ("crop", "fill", "lfill", "thumb", "auto", "fill_pad")
_REGIONS = ("face", "custom")
# g_auto heeds regions that were told with the picture before all else, unless it is asked not to (Cloudinary's docs of
# automatic gravity: custom coordinates override it, but for custom_no_override and none)
_NOT_OVERRIDDEN = ("auto:custom_no_override", "auto:none")
_MAX_LOSS = 0.4  # c_fill_pad pads when c_fill would cut away more than this share


def plan_resize(state: State, component: Component) -> State:
    """Bring the picture to the size that the component asks for."""
    effect = component.get("e")
    if isinstance(effect, tuple) and effect[0] in (*REGIONAL, *PLACED):
        return state
    mode = component.get("c")
    automatic = is_automatic(component.get("w"))
    asked = any(component.get(key) is not None for key in ("h", "ar", *(() if automatic else ("w",))))
    _check_places(component, "scale" if mode is None and asked else str(mode or ""))
    hinted = automatic and state.limits.width_hint is not None
    faces = mode in ("crop", "thumb") and str(component.get("g")).startswith(_REGIONS)
    placed = mode == "crop" and not {"x", "y"}.isdisjoint(key for key, _ in component.values)
    if not asked and not hinted and (automatic or not (faces or placed)):
        return state  # c_fill alone changes nothing: addresses are written so, and Cloudinary answers them
    state = _turned_to_fit(state, component)
    wanted = _wanted(state, component, str(mode or "scale"))
    return _with_faces(state, component, wanted, needed=faces and not asked) or _plain(state, wanted)


def _plain(state: State, wanted: ResizeRequest) -> State:
    if wanted.mode == "fill_pad":
        wanted = replace(wanted, mode="fill" if _lost(state.size, wanted) <= _MAX_LOSS else "pad")
        wanted = replace(wanted, gravity="auto" if wanted.mode == "fill" else "center")
    automatic = (wanted.gravity or ("auto" if wanted.mode == "auto" else "")).startswith("auto")
    mode = "fill" if wanted.mode == "auto" else wanted.mode
    gravity = None if (wanted.gravity or "").startswith(("auto", *_REGIONS)) else wanted.gravity
    steps = resize_steps(state.size, replace(wanted, mode=mode, gravity=gravity))
    return state.then(*(_smart(step) if automatic else step for step in steps))


def _smart(step: Step) -> Step:
    return SmartCrop(step.width, step.height) if isinstance(step, Crop) else step


def _lost(size: Size, wanted: ResizeRequest) -> float:
    """The share of the picture that c_fill would cut away."""
    box = target(size, wanted)
    ratio = (box.width / box.height) / (size.width / size.height)
    return 1 - min(ratio, 1 / ratio)


def _with_faces(state: State, component: Component, wanted: ResizeRequest, *, needed: bool) -> State | None:
    """The state when gravity asks for faces or custom regions and there are some; None for the plain way.

    `needed` says that no size is given, so that the faces themselves give it.
    """
    gravity = _of_regions(state, wanted.gravity or "")
    if not gravity or (wanted.mode == "fill_pad" and _lost(state.size, wanted) > _MAX_LOSS):
        return None
    wanted = replace(wanted, gravity=gravity)
    area = focus(state, gravity)
    if area is None:
        return state if needed else None
    zoom = component.get("z")
    zoom = float(zoom) if isinstance(zoom, int | float) else 1.0
    if wanted.mode == "crop":
        return state.then(_crop_round(state, wanted, area, zoom, needed=needed))
    if wanted.mode == "thumb":
        ratio = _ratio(state.size, wanted, needed=needed)
        box = around(area, state.size, ratio, zoom, _margin(wanted))
        return _thumb(state, wanted, box, needed=needed)
    return _filled_round(state, wanted, area)


def _of_regions(state: State, gravity: str) -> str:
    """The gravity by which faces or custom regions are looked for; "" when it asks for neither."""
    if gravity.startswith("auto") and gravity not in _NOT_OVERRIDDEN and state.context.custom:
        return "auto:custom"
    return gravity if gravity.startswith(_REGIONS) or gravity in ("auto:face", "auto:faces") else ""


def _crop_round(state: State, wanted: ResizeRequest, area: Area, zoom: float, *, needed: bool) -> Crop:
    if needed:
        return around(area, state.size, area.width / area.height, zoom, _margin(wanted))
    box = crop_box(state.size, wanted)
    return centred(
        area, state.size, Size(min(box.width, state.size.width), min(box.height, state.size.height))
    )


def _margin(wanted: ResizeRequest) -> float:
    """A face has some room around it; a region was told as it is to be."""
    return 1.0 if "custom" in (wanted.gravity or "") else MARGIN


def _filled_round(state: State, wanted: ResizeRequest, area: Area) -> State:
    """Scaled as without faces, and cut with the faces in the middle."""
    mode = "fill" if wanted.mode in ("auto", "fill_pad") else wanted.mode
    steps = resize_steps(state.size, replace(wanted, mode=mode, gravity=None))
    if not steps or not isinstance(steps[-1], Crop):
        return state.then(*steps)
    scaled = state.then(*steps[:-1])
    moved = focus(scaled, wanted.gravity or "") or area
    return scaled.then(centred(moved, scaled.size, Size(steps[-1].width, steps[-1].height)))


def _ratio(size: Size, wanted: ResizeRequest, *, needed: bool) -> float:
    if needed:
        return 1.0
    box = target(size, wanted)
    return box.width / box.height


def _thumb(state: State, wanted: ResizeRequest, box: Crop, *, needed: bool) -> State:
    cut = state.then(box)
    if needed:
        return cut
    size = target(state.size, wanted)
    return cut.then(Resize(size.width, size.height)) if size != cut.size else cut


def _wanted(state: State, component: Component, mode: str) -> ResizeRequest:
    factor = component_dpr(state, component)
    ratio, gravity = component.get("ar"), component.get("g")
    flags = flags_of(component)
    reference = state.base if state.base and "relative" in flags else state.size
    if state.region and "region_relative" in flags:
        reference = state.region
    width = component.get("w")
    if is_automatic(width):
        width = state.limits.width_hint
    wanted = ResizeRequest(
        mode=mode,
        width=side(width, reference.width, factor),
        height=side(component.get("h"), reference.height, factor),
        ratio=ratio if isinstance(ratio, float) else None,
        gravity=None if gravity is None else str(gravity),
        x=offset(component.get("x"), state.size.width, factor),
        y=offset(component.get("y"), state.size.height, factor),
        ignore_ratio="ignore_aspect_ratio" in flags_of(component),
    )
    return (
        replace(wanted, backdrop=backdrop(component.get("b"))) if mode in (*_PADDING, "fill_pad") else wanted
    )


def backdrop(value: Value | None) -> Pad:
    """What b_ puts behind padding, as a canvas without size."""
    empty = Pad(0, 0, 0, 0)
    if not isinstance(value, tuple):
        return empty
    if value[0] == "auto":
        mode = str(value[1])
        return replace(
            empty,
            style="auto",
            source=mode.partition("_")[0],
            colours=int(value[2]),
            direction=str(value[3]),
            contrasting=mode.endswith("_contrast"),
            palette=palette_of(str(value[4])),
        )
    if value[0] == "blurred":
        return replace(empty, style="blurred", intensity=int(value[1]), brightness=int(value[2]))
    red, green, blue, alpha = (int(part) for part in value)
    return replace(empty, colour=(red, green, blue, alpha))


def _check_places(component: Component, mode: str) -> None:
    """g_auto where nothing is cut is a mistake; other places have no meaning there, which harms nobody."""
    gravity = str(component.get("g") or "")
    if gravity.startswith("auto") and mode not in _CUTTING:
        raise BadRequest("Use auto gravity only with crop, fill, lfill, fill_pad or thumb.")
    if mode == "fill_pad" and not gravity.startswith("auto"):
        raise BadRequest(f"c_{mode} needs g_auto.")


def _turned_to_fit(state: State, component: Component) -> State:
    """a_auto_right and a_auto_left: turn a picture that lies across the box that is asked for."""
    angle = component.get("a")
    words = (
        [part for part in angle if part in ("auto_right", "auto_left")] if isinstance(angle, tuple) else []
    )
    width, height = component.get("w"), component.get("h")
    if not words or not isinstance(width, int) or not isinstance(height, int):
        return state
    size = state.size
    if (size.width > size.height) == (width > height) or size.width == size.height or width == height:
        return state
    turned = size.turned
    return state.then(Rotate(90 if words[0] == "auto_right" else 270, turned.width, turned.height))


def side(value: Value | None, current: int, factor: float) -> int | None:
    """A w_ or h_ in pixels: a decimal is a fraction of the current side."""
    if isinstance(value, float):
        return nearest(current * value)
    return nearest(value * factor) if isinstance(value, int) else None


def offset(value: Value | None, current: int, factor: float) -> int | None:
    """An x_ or y_ in pixels, which may be nought or negative."""
    if isinstance(value, float):
        return round(current * value)
    return round(value * factor) if isinstance(value, int) else None
