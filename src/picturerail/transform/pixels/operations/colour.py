"""Steps on colour and transparency: conversion to sRGB, a colour behind what is clear, opacity."""

from picturerail.transform.pixels.operations.table import Operations
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import Fill, Opacity, ToSrgb


def to_srgb(image: pyvips.Image, _step: ToSrgb) -> pyvips.Image:
    """8-bit sRGB by the embedded profile; pictures without one are taken for sRGB, or for common CMYK."""
    if image.get_typeof("icc-profile-data") != 0 or image.interpretation == "cmyk":
        image = _by_profile(image)
    if image.interpretation != "srgb":
        image = image.colourspace("srgb")
    return image if image.format == "uchar" else image.cast("uchar")


def _by_profile(image: pyvips.Image) -> pyvips.Image:
    """A profile that does not fit the pixels, or that is damaged, is left out."""
    fallback = "cmyk" if image.interpretation == "cmyk" else "srgb"
    return image.icc_transform("srgb", embedded=True, input_profile=fallback, intent="relative", depth=8)


def fill(image: pyvips.Image, step: Fill) -> pyvips.Image:
    """Put a colour behind the picture; it stays transparent as far as the colour is."""
    if not image.hasalpha():
        return image
    if step.colour[3] == 255:
        return image.flatten(background=list(step.colour[:3]))
    sheet = (image[:4] * 0 + list(step.colour)).cast("uchar").copy(interpretation="srgb")
    return sheet.composite2(image, "over").cast("uchar")


def opacity(image: pyvips.Image, step: Opacity) -> pyvips.Image:
    """Make everything transparent to a percentage."""
    image = image if image.hasalpha() else image.bandjoin(255)
    alpha = (image[3] * (step.percent / 100)).rint().cast("uchar")
    return image[:3].bandjoin(alpha)


OPERATIONS: Operations = {
    ToSrgb: to_srgb,
    Fill: fill,
    Opacity: opacity,
}
