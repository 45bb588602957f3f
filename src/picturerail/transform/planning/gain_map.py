"""Whether the gain map of an Ultra HDR picture goes along: it tells, point by point, how much brighter it may be shown.

The picture itself is for any screen; those that can show more multiply it by the map (ISO 21496-1). The map must lie
on the picture as it did, so it goes through the same steps. Steps that do more than move points would need to know
what they mean in another light, and end it; so does every format but JPEG.
"""

from picturerail.transform.planning.encoding import Encoding
from picturerail.transform.steps import Crop, Flip, Orient, Resize, Rotate, Step, ToSrgb

_MOVING = (Crop, Resize, Orient, Flip)


def is_kept(steps: tuple[Step, ...], encoding: Encoding) -> bool:
    """Whether an answer that is made by these steps has the map of its source."""
    plain = encoding.format == "jpg" and not (encoding.inks or encoding.icc or encoding.density)
    return plain and all(is_moving(step) or isinstance(step, ToSrgb) for step in steps)


def is_moving(step: Step) -> bool:
    """Whether a step does nothing but move points, so that it does the same to a map."""
    return isinstance(step, _MOVING) or (isinstance(step, Rotate) and step.degrees % 90 == 0)
