"""GIFs whose ground shows: it is clear, as in browsers, though no frame has an index for clear."""

import io
import struct
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
from PIL import Image

from picturerail.transform.pixels.analysis import probe
from picturerail.transform.pixels.decode import gif
from picturerail.transform.probe import Limits
from tests.transform.conftest import Make

SIDE, PART = 30, 10
COLOURS = ((0, 0, 0), (255, 0, 0), (0, 0, 255), (0, 255, 0))
Indices: TypeAlias = "np.ndarray[Any, Any]"
Frame: TypeAlias = tuple[int, Indices, int, int | None]  # place, indices, disposal, index for clear
WHOLE, SMALL = np.full((SIDE, SIDE), 1), np.full((PART, PART), 2)


def written(*frames: Frame, bits: int = 2, control: bool = True) -> bytes:
    """A GIF of these frames, byte by byte; Pillow would write other ones."""
    palette = b"".join(bytes(COLOURS[n % 4]) for n in range(1 << bits))
    content = b"GIF89a" + struct.pack("<HHBBB", SIDE, SIDE, 0xF0 | (bits - 1), 0, 0) + palette
    for place, indices, disposal, clear in frames:
        if control:
            flags = disposal << 2 | (clear is not None)
            content += b"!\xf9\x04" + struct.pack("<BHBB", flags, 10, clear or 0, 0)
        content += b"," + struct.pack("<HHHHB", place, place, *indices.shape[::-1], 0) + packed(indices, bits)
    return content + b";"


def packed(indices: Indices, bits: int) -> bytes:
    """LZW that never makes its table longer: each two indices begin anew."""
    codes = [code for pair in np.split(indices.ravel(), indices.size // 2) for code in (1 << bits, *pair)]
    stream = np.array(
        [[code >> n & 1 for n in range(bits + 1)] for code in (*codes, (1 << bits) + 1)], np.uint8
    )
    data = np.packbits(stream, bitorder="little").tobytes()
    blocks = (data[at : at + 255] for at in range(0, len(data), 255))
    return bytes([bits]) + b"".join(bytes([len(each)]) + each for each in blocks) + b"\0"


def clear_pixels(content: bytes) -> list[int]:
    """How many pixels of each frame of an animation are clear."""
    found = []
    with Image.open(io.BytesIO(content)) as picture:
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            found.append(int((np.asarray(picture.convert("RGBA"))[..., 3] == 0).sum()))
    return found


AROUND = SIDE * SIDE - PART * PART
CASES: dict[str, tuple[list[Frame], list[int]]] = {
    "a frame that ends with the ground": ([(0, WHOLE, 2, None), (5, SMALL, 2, None)], [0, AROUND]),
    "the same, and the next one has an index for clear": (
        [(0, WHOLE, 2, None), (5, SMALL, 1, 0)],
        [0, AROUND],
    ),
    "a whole one that one can see through": ([(0, WHOLE, 2, None), (0, WHOLE, 1, 1)], [0, SIDE * SIDE]),
    "a first frame that ends with what was before": ([(0, WHOLE, 3, None), (5, SMALL, 1, None)], [0, AROUND]),
    "a first frame that is smaller": (
        [(5, SMALL, 1, None), (15, SMALL, 1, None)],
        [AROUND, AROUND - PART * PART],
    ),
    "a part that ends with the ground": (
        [(0, WHOLE, 1, None), (5, SMALL, 2, None), (8, SMALL, 1, None)],
        [0, 0, PART * PART - 7 * 7],
    ),
    "whole frames only": ([(0, WHOLE, 2, None), (0, WHOLE + 1, 2, None)], [0, 0]),
    "parts that stay": ([(0, WHOLE, 1, None), (5, SMALL, 1, None)], [0, 0]),
}


@pytest.mark.parametrize("kind", ["webp", "gif"])
@pytest.mark.parametrize("case", CASES)
def test_the_ground_is_clear(case: str, kind: str, tmp_path: Path, make: Make) -> None:
    frames, expected = CASES[case]
    source = tmp_path / "source.gif"
    source.write_bytes(written(*frames))
    content = make(source, "w_30", kind).read_bytes()
    assert clear_pixels(content) == expected
    assert probe.gather(source, Limits()).info.has_alpha is any(expected)
    if kind == "webp":
        assert bool(content[20] & 0x10) is any(expected)


def test_frames_without_a_control_block(tmp_path: Path, make: Make) -> None:
    source = tmp_path / "source.gif"
    source.write_bytes(written((5, SMALL, 0, None), control=False).replace(b"GIF89a", b"GIF87a"))
    assert clear_pixels(make(source, "w_30", "png").read_bytes()) == [AROUND]


@pytest.mark.parametrize(("used", "clear"), [(255, AROUND), (256, 0)])
def test_an_index_that_no_pixel_has(used: int, clear: int, tmp_path: Path, make: Make) -> None:
    """With all 256 in use there is none: then the picture is as it was."""
    source = tmp_path / "source.gif"
    every = np.arange(SIDE * SIDE).reshape(SIDE, SIDE) % used
    small = np.arange(PART * PART).reshape(PART, PART)
    source.write_bytes(written((0, every, 2, None), (5, small, 1, None), bits=8))
    made = make(source, "w_30", "webp").read_bytes()
    assert clear_pixels(made) == [0, clear]
    assert (gif.with_clear_ground(source) or b"").count(b"!\xf9\x04") == 2


@pytest.mark.parametrize("missing", [1, 4, 40, 400])
def test_what_is_cut_off_is_left_to_the_decoder(missing: int, tmp_path: Path) -> None:
    source = tmp_path / "source.gif"
    whole = written((0, WHOLE, 2, None), (5, SMALL, 1, None))
    source.write_bytes(whole[:-missing])
    changed = gif.with_clear_ground(source)
    assert changed is None or missing == 1


def test_a_file_of_very_many_frames_is_left_as_it_is(tmp_path: Path) -> None:
    source = tmp_path / "source.gif"
    source.write_bytes(written(*[(5, SMALL, 2, None)] * (gif.MAX_FRAMES + 1)))
    assert gif.with_clear_ground(source) is None
