"""Perceptual hashes: in how many bits two differ, and the parts by which an index finds those near to one. Pure."""

BITS, BANDS = 64, 4
BAND = BITS // BANDS
# Hashes that differ in so few bits have a band that differs in one at most: there are fewer bits than twice the bands.
MAX_DISTANCE = 2 * BANDS - 1
MIN_BITS = 6  # set, and not set: a hash with fewer tells of an even surface, such as fog, and nothing of what is there


def bands_of(phash: str) -> list[int]:
    """The hash in parts, each with its place: what the index holds. None of a hash that tells nothing."""
    bits = int(phash, 16) if phash else 0
    if not MIN_BITS <= bits.bit_count() <= BITS - MIN_BITS:
        return []
    return [place << BAND | bits >> place * BAND & (1 << BAND) - 1 for place in range(BANDS)]


def near_bands(phash: str) -> list[int]:
    """The parts of which every hash within MAX_DISTANCE has one."""
    return [band ^ flipped for band in bands_of(phash) for flipped in (0, *(1 << bit for bit in range(BAND)))]


def distance(one: str, other: str) -> int:
    """In how many bits two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
