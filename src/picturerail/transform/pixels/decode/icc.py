"""ICC profiles made from numbers.

What a file says of its colours in its own way becomes a profile, and one way of conversion does for all.
https://www.color.org/specification/ICC.1-2022-05.pdf
"""

import struct
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Chromaticities: TypeAlias = tuple[float, ...]  # x and y of white, red, green and blue
Matrix: TypeAlias = NDArray[Any]

_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_HEAD = 128
_GREY_CURVE, _RGB_CURVES = (b"kTRC",), (b"rTRC", b"gTRC", b"bTRC")


def gamma_curve(gamma: float) -> bytes:
    """Light as a power of the number."""
    return _parametric(0, gamma)


def segmented_curve(gamma: float, scale: float, offset: float, slope: float, from_: float) -> bytes:
    """Light as (scale x + offset) ** gamma from a number on, and as slope x below it."""
    return _parametric(3, gamma, scale, offset, slope, from_)


def sampled_curve(light: Sequence[float]) -> bytes:
    """Light from 0 to 1 at numbers of equal distance."""
    values = [round(min(max(value, 0.0), 1.0) * 65535) for value in light]
    return b"curv" + bytes(4) + struct.pack(f">I{len(values)}H", len(values), *values)


def rgb_profile(places: Chromaticities, curves: Sequence[bytes]) -> bytes | None:
    """A profile of these primaries and of one curve, or one for each colour; None when they span no space."""
    matrix = _to_d50(places)
    if matrix is None:
        return None
    columns = {name: _xyz(matrix[:, at]) for at, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    curves = curves if len(curves) == 3 else [curves[0]] * 3
    return _profile(b"RGB ", columns | dict(zip(_RGB_CURVES, curves, strict=True)))


def grey_profile(curve: bytes) -> bytes:
    """A profile of shades of grey."""
    return _profile(b"GRAY", dict(zip(_GREY_CURVE, [curve], strict=True)))


def _to_d50(places: Chromaticities) -> Matrix | None:
    """The matrix from linear light to XYZ under the white of profiles."""
    white, *primaries = [np.array([x, y, 1 - x - y]) for x, y in zip(places[::2], places[1::2], strict=True)]
    columns = np.stack(primaries, axis=1)
    if white[1] < 1e-3 or abs(np.linalg.det(columns)) < 1e-6:
        return None
    white = white / white[1]
    matrix = columns * np.linalg.solve(columns, white)
    seen, wanted = _BRADFORD @ white, _BRADFORD @ _D50
    if np.abs(seen).min() < 1e-6:
        return None
    adapted: Matrix = np.linalg.inv(_BRADFORD) @ np.diag(wanted / seen) @ _BRADFORD @ matrix
    return adapted if np.abs(adapted).max() < 100 else None


def _parametric(kind: int, *numbers: float) -> bytes:
    return b"para" + bytes(4) + kind.to_bytes(2) + bytes(2) + _fixed(numbers)


def _xyz(values: Matrix) -> bytes:
    return b"XYZ " + bytes(4) + _fixed([float(value) for value in values])


def _fixed(numbers: Sequence[float]) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))


def _text(text: str) -> bytes:
    letters = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enUS", len(letters), 28) + letters


def _profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {b"desc": _text("As the file says"), b"cprt": _text("None"), b"wtpt": _xyz(_D50), **tags}
    start = _HEAD + 4 + 12 * len(tags)
    table, body = len(tags).to_bytes(4), b""
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = bytearray(_HEAD)
    head[0:4] = (start + len(body)).to_bytes(4)
    head[8:12], head[12:16], head[16:20], head[20:24] = b"\x04\x30\0\0", b"mntr", space, b"XYZ "
    head[36:40], head[68:80] = b"acsp", _fixed([float(value) for value in _D50])
    return bytes(head) + table + body
