"""What pictures look like to people who are colour-blind, and two ways to tell them what they do not see."""

from picturerail.transform.pixels.operations.tone import luma
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import Effect

Matrix = list[list[float]]

# Machado, Oliveira and Fernandes 2009, at full severity and at 0.6, in linear light.
_SEEN: dict[str, Matrix] = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "protanomaly": [
        [0.385450, 0.769005, -0.154455],
        [0.100526, 0.829802, 0.069673],
        [-0.007442, -0.022190, 1.029632],
    ],
    "deuteranomaly": [
        [0.498864, 0.674741, -0.173604],
        [0.205199, 0.754872, 0.039929],
        [-0.011131, 0.030969, 0.980162],
    ],
    "tritanomaly": [
        [1.104996, -0.046633, -0.058363],
        [-0.032137, 0.971635, 0.060503],
        [0.001336, 0.317922, 0.680742],
    ],
    "cone_monochromacy": [[0.01775, 0.10945, 0.87262]] * 3,
    "rod_monochromacy": [[0.2126, 0.7152, 0.0722]] * 3,
}
STRIPE = 8  # pixels from one stripe to the next


def simulate(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """As somebody with this kind of sight sees it."""
    light = image.copy(interpretation="srgb").colourspace("scrgb")
    seen = light.recomb(_SEEN[str(step.arguments[0])]).clamp(min=0, max=1).copy(interpretation="scrgb")
    return seen.colourspace("srgb")


def assist(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Stripes on what is red and none on what is green, or (xray) red and green told apart by blue and yellow."""
    redness = (image[0] - image[1] * 1.0) / 255
    if step.arguments[0] == "xray":
        return luma(image) + redness.bandjoin([redness, redness * -1.0]) * 127.5
    strength = float(step.arguments[0]) / 100
    place = pyvips.Image.xyz(image.width, image.height)
    striped = (place[0] + place[1]) % STRIPE < STRIPE / 2
    red = (redness > 0).ifthenelse(redness, 0)
    return image * (1 - red * (striped / 255.0) * strength)
