"""Where a picture hangs in an album: texts that sort, with room for another between any two. Pure."""

from bson import ObjectId

_DIGITS = "0123456789abcdef"
_MIDDLE = "8"


def behind_all(batch: ObjectId, number: int) -> str:
    """A position behind all that were given before: ids grow with time, `number` tells those of one batch apart."""
    return f"{batch}{number:04x}{_MIDDLE}"


def between(low: str, high: str) -> str:
    """A position behind `low` and before `high`; "" stands for the ends. None ends in 0, so there is always room."""
    shared = 0
    while shared < len(high) and (low[shared : shared + 1] or "0") == high[shared]:
        shared += 1
    if shared:
        return high[:shared] + between(low[shared:], high[shared:])
    first = _DIGITS.index(low[0]) if low else 0
    last = _DIGITS.index(high[0]) if high else len(_DIGITS)
    if last - first > 1:
        return _DIGITS[(first + last) // 2]
    if len(high) > 1:
        return high[0]  # what lies before the rest of `high`
    return _DIGITS[first] + between(low[1:], "")
