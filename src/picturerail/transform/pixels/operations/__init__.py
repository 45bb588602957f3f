"""What is done to pixels: OPERATIONS has one function for each step, from the table at the end of each module."""

from picturerail.transform.pixels.operations import clip, colour, effects, geometry, padding, warp
from picturerail.transform.pixels.operations.table import Operations

OPERATIONS: Operations = {
    **geometry.OPERATIONS,
    **padding.OPERATIONS,
    **colour.OPERATIONS,
    **effects.OPERATIONS,
    **warp.OPERATIONS,
    **clip.OPERATIONS,
}
