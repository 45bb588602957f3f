"""What the camera wrote into a picture, as people read it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

MAX_FACT = 80  # characters
_PLACES = ("image_metadata", "media_metadata", "exif")


@dataclass(frozen=True)
class CameraFacts:
    """Camera, lens and exposure, each empty where nobody wrote it."""

    camera: str = ""
    lens: str = ""
    exposure: str = ""
    aperture: str = ""
    iso: str = ""
    focal_length: str = ""
    color_space: str = ""

    @classmethod
    def of_document(cls, value: object) -> "CameraFacts":
        """What a document holds; fields of a wrong type count as missing."""
        told = value if isinstance(value, Mapping) else {}
        return cls(**{name: text for name, text in told.items() if name in _NAMES and isinstance(text, str)})

    @property
    def plain(self) -> dict[str, str]:
        """As documents and JSON hold it: what is known."""
        return {name: value for name in _NAMES if (value := getattr(self, name))}

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Each with its label, in the order in which photographers say it."""
        taken = (self.exposure, self.aperture, self.iso and f"ISO {self.iso}", self.focal_length)
        lines = [("Camera", self.camera), ("Lens", self.lens), ("Exposure", ", ".join(filter(None, taken)))]
        return [(label, text) for label, text in [*lines, ("Colour space", self.color_space)] if text]


_NAMES = tuple(each.name for each in fields(CameraFacts))


def camera_in(answer: Mapping[str, Any]) -> CameraFacts:
    """What a cloud's answer to an upload tells of the camera."""
    told: dict[str, Any] = next((answer[name] for name in _PLACES if isinstance(answer.get(name), dict)), {})
    make, model = _text(told, "Make"), _text(told, "Model")
    known = make and make.split()[0].casefold() in model.casefold()
    exposure, aperture, focal = (_text(told, name) for name in ("ExposureTime", "FNumber", "FocalLength"))
    return CameraFacts(
        camera=model if known else f"{make} {model}".strip(),
        lens=_text(told, "LensModel"),
        exposure=f"{exposure} s" if exposure else "",
        aperture=f"f/{aperture}" if aperture else "",
        iso=_text(told, "ISO") or _text(told, "ISOSpeedRatings"),
        focal_length=focal if not focal or focal.endswith("mm") else f"{focal} mm",
        color_space=_text(told, "ProfileDescription") or _text(told, "Colorspace"),
    )


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return " ".join(str(value).split())[:MAX_FACT] if isinstance(value, str | int | float) else ""
