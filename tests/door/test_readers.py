"""Which readers are too slow, always or when others need the room."""

from picturerail.door.readers import PACE_SECONDS, SLOW, SLOWEST, Readers

PATIENCE = 10


def test_who_takes_too_little_goes_after_twice_the_patience_and_who_takes_enough_stays() -> None:
    readers, slow, fast = Readers(PATIENCE), "192.0.2.1:1", "192.0.2.1:2"
    gone = {
        second
        for second in range(0, 100, 3)
        if slow in readers.look(second, {slow: second * SLOWEST // 2, fast: second * SLOWEST * 2})
    }
    assert min(gone) in range(2 * PATIENCE, 2 * PATIENCE + 6)
    assert fast not in readers.look(100, {fast: 100 * SLOWEST * 2})


def test_a_bad_line_that_stands_still_for_some_time_is_not_cut() -> None:
    readers, phone, taken = Readers(PATIENCE), "192.0.2.1:1", 0
    for second in range(200):
        taken += 8_000 if second % 20 >= 15 else 0  # 15 seconds without a byte, then 5 seconds of 8 kB
        assert not readers.look(second, {phone: taken})


def test_who_makes_room_is_slow_and_was_there_long_enough_to_know() -> None:
    readers = Readers(PATIENCE)
    readers.look(0, {"slow": 0, "fast": 0})
    later = {"slow": SLOW, "fast": 10 * SLOW, "new": 0}
    readers.look(PACE_SECONDS / 2, {"slow": 0, "fast": 0})
    assert not readers.slow(PACE_SECONDS / 2, {"slow": 0, "fast": 0})
    readers.look(2 * PACE_SECONDS, later)
    assert readers.slow(2 * PACE_SECONDS, later) == {"slow": SLOW / (2 * PACE_SECONDS)}
