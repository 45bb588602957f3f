"""TIFF: its pages, its many kinds of samples, and channels that no screen knows.

What comes out has 8 or 16 bits a sample and one to five bands, as everything behind it expects.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageSequence
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from picturerail.errors import UnsupportedMedia
from picturerail.transform.pixels.decode import damage
from picturerail.transform.pixels.vips import pyvips

MAX_PAGES = 100  # whose sizes are looked at
MAX_ENTRIES = 4096  # of one directory, as libtiff has it; of all that are read, ten times as many
_PARTS = ((273, 279), (324, 325))  # tags of offsets and lengths: of strips, of tiles
_WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC, _EXTRA = 256, 257, 258, 262, 338
_LAB = 8
_COLOURS = {0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3, _LAB: 3}  # bands of each photometric interpretation
_ALPHA = (1, 2)  # kinds of extra samples: associated, and not
_FULL = {"char": 127, "short": 32767, "ushort": 65535, "int": 2**31 - 1, "uint": 2**32 - 1, "float": 1}
_SHADES = {1: ("b-w", "grey16"), 3: ("srgb", "rgb16"), 4: ("cmyk", "cmyk")}


@dataclass(frozen=True)
class _Tags:
    photometric: int
    bits: int
    extra: tuple[int, ...]


def check(path: Path) -> None:
    """Refuse a file whose pixels lie beyond its end: libtiff would fill them with what it has."""
    directory = _directory(path, 0)
    parts = [(directory.get(at, ()), directory.get(length, ())) for at, length in _PARTS]
    try:
        end = max((at + length for part in parts for at, length in zip(*part, strict=False)), default=0)
    except damage.ERRORS as error:
        raise damage.refusal(error) from error
    if end > path.stat().st_size:
        raise damage.cut_off()


def page_sizes(path: Path) -> tuple[tuple[int, int], ...]:
    """Width and height of each page, when there are several."""
    pages = [_page_size(each) for each in islice(_directories(path), MAX_PAGES)]
    return tuple(pages) if len(pages) > 1 and all(min(page) > 0 for page in pages) else ()


def load(path: Path, page: int, **options: Any) -> pyvips.Image:  # noqa: ANN401 - those of libvips
    """One page; UnsupportedMedia with a sentence for samples that cannot be shown."""
    tags = _tags(path, page)
    if tags.photometric == _LAB and tags.bits == 8:
        return _lab(path, page)
    if tags.bits > 32:
        raise UnsupportedMedia(
            f"The TIFF has {tags.bits} bits a sample; 32 can be read. Save it with 8, 16 or 32."
        )
    image = pyvips.Image.tiffload(str(path), page=page, **options)
    return _screened(_without_extra(image, tags))


def _page_size(directory: ImageFileDirectory_v2) -> tuple[int, int]:
    [width, *_], [height, *_] = _numbers(directory, _WIDTH, 0), _numbers(directory, _HEIGHT, 0)
    return width, height


def _tags(path: Path, page: int) -> _Tags:
    directory = _directory(path, page)
    photometric = _numbers(directory, _PHOTOMETRIC, 1)
    return _Tags(photometric[0], max(_numbers(directory, _BITS, 1)), _numbers(directory, _EXTRA))


def _numbers(directory: ImageFileDirectory_v2, tag: int, *default: int) -> tuple[int, ...]:
    """What a tag says in numbers; a damaged file says it in bytes, or in nothing."""
    value = directory.get(tag, default)
    try:
        return tuple(int(each) for each in (value if isinstance(value, tuple) else (value,))) or default
    except damage.ERRORS as error:
        raise damage.refusal(error) from error


def _directory(path: Path, page: int) -> ImageFileDirectory_v2:
    found = next(islice(_directories(path), page, None), None)
    if found is None:
        raise damage.cut_off()
    return found


def _directories(path: Path) -> Iterator[ImageFileDirectory_v2]:
    """The directories of all pages, one after another, up to the first that cannot be one.

    In a damaged file they may lead back, or into anything: what stands there is thousands of entries, each time.
    """
    seen, entries = set[int](), 0
    try:
        with path.open("rb") as file:
            head = file.read(8)
            is_big = 43 in (head[2], head[3])  # BigTIFF
            directory = _before_the_first(head, file.read(8) if is_big else b"")
            while directory.next and directory.next not in seen:
                seen.add(directory.next)
                file.seek(directory.next)
                count = int.from_bytes(
                    file.read(8 if is_big else 2), "little" if head[:2] == b"II" else "big"
                )
                entries += count
                if count > MAX_ENTRIES or entries > 10 * MAX_ENTRIES:
                    return
                file.seek(directory.next)
                directory.load(file)
                yield directory
    except damage.ERRORS as error:
        raise damage.refusal(error) from error


def _before_the_first(head: bytes, rest: bytes) -> ImageFileDirectory_v2:
    """What knows the order of the bytes, and where the first directory lies."""
    if head[:4] != b"MM\0+":
        return ImageFileDirectory_v2(head + rest)
    directory = ImageFileDirectory_v2(b"MM\0*" + bytes(4))  # Pillow looks for BigTIFF at the other byte only
    directory._bigtiff, directory.next = True, int.from_bytes(rest)  # noqa: SLF001
    return directory


def _lab(path: Path, page: int) -> pyvips.Image:
    """CIELAB of 8 bits, which libvips does not read."""
    try:
        with Image.open(path, formats=["TIFF"]) as opened:
            picture = next(
                each.copy() for number, each in enumerate(ImageSequence.Iterator(opened)) if number == page
            )
    except (*damage.ERRORS, StopIteration) as error:
        raise damage.refusal(error) from error
    if picture.mode != "LAB":
        raise UnsupportedMedia("The TIFF is in CIELAB with further channels; save it in RGB.")
    samples = np.asarray(picture)
    values = samples.astype(np.int8).astype(np.float32)  # a and b are signed
    values[..., 0] = samples[..., 0] * np.float32(100 / 255)
    image = pyvips.Image.new_from_memory(values.tobytes(), picture.width, picture.height, 3, "float")
    return image.copy(interpretation="lab").colourspace("rgb16")


def _without_extra(image: pyvips.Image, tags: _Tags) -> pyvips.Image:
    """Colours and transparency; one more channel that says nothing of itself is taken for transparency."""
    colours = _COLOURS.get(tags.photometric, 3)
    if image.bands - colours <= 1:
        return image
    alpha = next((at for at, kind in enumerate(tags.extra) if kind in _ALPHA), None)
    kept = image[:colours] if alpha is None else image[:colours].bandjoin(image[colours + alpha])
    if image.interpretation in ("lab", "labs", "scrgb"):
        return kept.copy(interpretation=image.interpretation)
    return kept.copy(interpretation=_SHADES[colours][image.format != "uchar"])


def _screened(image: pyvips.Image) -> pyvips.Image:
    """Samples of 8 or 16 bits. Those with a point are light, linear from 0 to 1, unless a profile says otherwise."""
    if image.interpretation == "cmyk" and image.format in _FULL:  # of inks, libvips mixes 8 bits only
        return (image * (255 / _FULL[image.format])).rint().cast("uchar").copy(interpretation="cmyk")
    if image.interpretation in ("lab", "labs"):
        return image.colourspace("rgb16")
    if image.format in ("float", "double"):
        return _from_light(image)
    if image.format == "char":
        return (image * (255 / 127)).cast("uchar").copy(interpretation=_shade(image, 0))
    factors = {"uint": 1 / 65537, "int": 1 / 32768, "short": 65535 / 32767}
    if image.format not in factors:
        return image
    return (image * factors[image.format]).cast("ushort").copy(interpretation=_shade(image, 1))


def _shade(image: pyvips.Image, depth: int) -> str:
    return _SHADES[1 if image.bands < 3 else 3][depth]


def _from_light(image: pyvips.Image) -> pyvips.Image:
    if image.get_typeof("icc-profile-data"):
        return (image * 65535).cast("ushort").copy(interpretation=_shade(image, 1))
    if image.bands < 3:
        grey = image[0]
        image = grey.bandjoin([grey, grey, *image.bandsplit()[1:]])
    return image.copy(interpretation="scrgb").colourspace("rgb16")
