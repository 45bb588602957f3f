"""TIFF: entries of its directories, taken out where they stand, with what they point at made zero.

So is what nothing points at: programs write a changed directory behind the old one, whose words stay in the file.
"""

from picturerail.gallery.metadata.colour_profile import without_device
from picturerail.gallery.metadata.jpeg import SOI, silent_places
from picturerail.gallery.metadata.pieces import Budget, Patches, Piece, Unreadable, number, part

MAX_DIRECTORIES = 1000
SUB_DIRECTORIES, EXIF, PROFILE, GPS, INTEROPERABILITY = 330, 34665, 34675, 34853, 40965
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
SHORT, LONG = 3, 4
WIDTH, HEIGHT, BITS, COMPRESSION, SAMPLES = 256, 257, 258, 259, 277
UNCOMPRESSED, OLD_JPEG, JPEG, TABLES = 1, 6, 7, 347
MAX_SEGMENTS = 1_000_000  # of all JPEGs in a file: each tile is one
# where they begin, and how long they are: strips, tiles, a JPEG
PIXELS = ((273, 279), (324, 325), (513, 514))
READ = frozenset({WIDTH, HEIGHT, BITS, COMPRESSION, SAMPLES, *(tag for pair in PIXELS for tag in pair)})
HEAD = 8
NEEDED = frozenset(
    {
        *(
            254,
            255,
            256,
            257,
            258,
            259,
            262,
            263,
            264,
            265,
            266,
            273,
            274,
            277,
            278,
            279,
            280,
            281,
            282,
            283,
            284,
        ),
        *(
            288,
            289,
            290,
            291,
            292,
            293,
            296,
            297,
            301,
            317,
            318,
            319,
            320,
            321,
            322,
            323,
            324,
            325,
            326,
            327,
            328,
        ),
        *(330, 332, 334, 336, 338, 339, 340, 341, 342, 343, 344, 345, 346, 347, 512, 513, 514, 515, 517, 518),
        *(519, 520, 521, 529, 530, 531, 532, 34675, 50674, 32997, 32998, 34712),
    }
)


def pieces(data: memoryview) -> list[Piece]:
    """The file with the entries that pixels and colours need, and no other."""
    head = bytes(data[:4])
    if head not in (b"II*\0", b"MM\0*"):
        raise Unreadable("This is no TIFF of the usual kind.")
    patches, budget = Patches(data), Budget()
    order = "little" if head[:2] == b"II" else "big"
    waiting, seen, is_plain, streams = [number(data, 4, 4, order)], set[int](), True, dict[int, int]()
    patches.keep(0, HEAD)
    while waiting:
        at = waiting.pop()
        if at == 0 or at in seen:
            continue
        seen.add(at)
        if len(seen) > MAX_DIRECTORIES:
            raise Unreadable("This TIFF has too many directories.")
        kept, following = _strip(data, at, order, patches, budget)
        values = _read(data, kept, order, budget)
        is_plain &= _keep_pixels(values, patches)
        streams |= _streams(values, kept, order)
        waiting += following
    _silence(data, streams, patches)
    if is_plain:
        patches.clear_others()
    return patches.pieces()


def _strip(
    data: memoryview, at: int, order: str, patches: Patches, budget: Budget
) -> tuple[list[memoryview], list[int]]:
    """Note what is to be written over one directory; its entries that stay, and the directories behind or in it."""
    entries, after = _entries(data, at, order, budget)
    kept = [entry for entry in entries if number(entry, 0, 2, order) in NEEDED]
    for entry in entries:
        if number(entry, 0, 2, order) not in NEEDED:
            _clear(data, entry, order, patches, budget, depth=0)
        elif number(entry, 0, 2, order) == PROFILE and (place := _place(entry, order)) is not None:
            patches.write(place[0], without_device(bytes(part(data, *place))))
    count = len(kept).to_bytes(2, "little" if order == "little" else "big")
    following = bytes(part(data, after, 4))
    rest = bytes(12 * (len(entries) - len(kept)))
    patches.keep(at, after + 4 - at)
    for place in filter(None, (_place(entry, order) for entry in kept)):
        patches.keep(*place)
    patches.write(at, count + b"".join(map(bytes, kept)) + following + rest)
    inside = [entry for entry in kept if number(entry, 0, 2, order) == SUB_DIRECTORIES]
    return kept, [
        number(data, after, 4, order),
        *(each for entry in inside for each in _numbers(data, entry, order, budget)),
    ]


def _read(data: memoryview, entries: list[memoryview], order: str, budget: Budget) -> dict[int, list[int]]:
    """What a directory says of its pixels, by tag."""
    return {
        number(entry, 0, 2, order): _values(data, entry, order, budget)
        for entry in entries
        if _is_read(entry, order)
    }


def _streams(values: dict[int, list[int]], entries: list[memoryview], order: str) -> dict[int, int]:
    """Where JPEGs lie that are a directory's strips and tiles, and the tables of these: place and length."""
    if values.get(COMPRESSION) not in ([JPEG], [OLD_JPEG]):
        return {}
    pixels = (zip(values.get(starts, ()), values.get(sizes, ()), strict=False) for starts, sizes in PIXELS)
    tables = (_place(entry, order) for entry in entries if number(entry, 0, 2, order) == TABLES)
    return dict(place for places in (*pixels, filter(None, tables)) for place in places)


def _silence(data: memoryview, streams: dict[int, int], patches: Patches) -> None:
    """Clear what JPEGs in a file say beside their pixels."""
    if sum(streams.values()) > 2 * len(data):
        raise Unreadable("The strips of this TIFF lie one over another.")
    budget = Budget(MAX_SEGMENTS)
    for at, length in streams.items():
        stream = part(data, at, length)
        for begin, silent in silent_places(stream, budget) if bytes(stream[:2]) == SOI else ():
            patches.clear(at + begin, silent)


def _keep_pixels(values: dict[int, list[int]], patches: Patches) -> bool:
    """Say where the pixels of a directory lie; False where it may lie wrong about that, as readers know to mend."""
    for starts, lengths in PIXELS:
        begins, sizes = values.get(starts, []), values.get(lengths, [])
        if len(begins) != len(sizes) or 0 in sizes:
            return False
        for place in zip(begins, sizes, strict=True):
            patches.keep(*place)
    compression = values.get(COMPRESSION, [UNCOMPRESSED])
    needed = _bytes_of(values) if compression == [UNCOMPRESSED] else 0
    return compression != [OLD_JPEG] and sum(sum(values.get(lengths, [])) for _, lengths in PIXELS) >= needed


def _bytes_of(values: dict[int, list[int]]) -> int:
    """How many bytes the pixels of a directory have when they are not packed; of subsampled colours that is more."""
    bits = values.get(BITS, [1])
    samples = values.get(SAMPLES, [1])[0]
    return -(-values.get(WIDTH, [0])[0] * bits[0] * samples // 8) * values.get(HEIGHT, [0])[0]


def _is_read(entry: memoryview, order: str) -> bool:
    return number(entry, 0, 2, order) in READ and number(entry, 2, 2, order) in (SHORT, LONG)


def _values(data: memoryview, entry: memoryview, order: str, budget: Budget) -> list[int]:
    """All values of an entry with whole numbers."""
    size, count = SIZES[number(entry, 2, 2, order)], number(entry, 4, 4, order)
    budget.spend(count)
    place = _place(entry, order)
    said = entry[8:] if place is None else part(data, *place)
    return [number(said, size * index, size, order) for index in range(count)]


def _clear(  # noqa: PLR0917
    data: memoryview, entry: memoryview, order: str, patches: Patches, budget: Budget, depth: int
) -> None:
    """Make zero what an entry points at; of a directory, all that its entries point at, too."""
    tag = number(entry, 0, 2, order)
    if tag in (EXIF, GPS, INTEROPERABILITY) and depth < 4:
        at = number(entry, 8, 4, order)
        inner, after = _entries(data, at, order, budget)
        for one in inner:
            _clear(data, one, order, patches, budget, depth + 1)
        patches.clear(at, after - at)
    elif (place := _place(entry, order)) is not None:
        patches.clear(*place)


def _entries(data: memoryview, at: int, order: str, budget: Budget) -> tuple[list[memoryview], int]:
    """The entries of a directory, and where they end."""
    count = number(data, at, 2, order)
    budget.spend(1 + count)
    return [part(data, at + 2 + 12 * index, 12) for index in range(count)], at + 2 + 12 * count


def _place(entry: memoryview, order: str) -> tuple[int, int] | None:
    """Where the value of an entry lies, and its length; None when it stands in the entry."""
    length = SIZES.get(number(entry, 2, 2, order), 1) * number(entry, 4, 4, order)
    return (number(entry, 8, 4, order), length) if length > 4 else None


def _numbers(data: memoryview, entry: memoryview, order: str, budget: Budget) -> list[int]:
    """The values of an entry with whole numbers of 4 bytes."""
    count = number(entry, 4, 4, order)
    budget.spend(min(count, MAX_DIRECTORIES))
    if count == 1:
        return [number(entry, 8, 4, order)]
    start = number(entry, 8, 4, order)
    return [number(data, start + 4 * index, 4, order) for index in range(min(count, MAX_DIRECTORIES))]
