"""Which readers have to go."""

from picturerail.door.readers import LOOK_SECONDS, MAX_READERS, MAX_SLOW, SHARE, SLOWEST, Peer, Readers

PATIENCE = 10
BLOCK = 65_536


def crowd(count: int, address: str = "192.0.2.%d") -> list[Peer]:
    """Readers of as many addresses as a share needs not to be passed by any."""
    return [(address % (port % 200) if "%" in address else address, port) for port in range(count)]


def test_who_takes_too_little_goes_after_twice_the_patience_and_who_takes_enough_stays() -> None:
    readers, slow, fast = Readers(PATIENCE), ("192.0.2.1", 1), ("192.0.2.1", 2)
    gone = {
        second
        for second in range(0, 100, 3)
        if slow in readers.look(second, {slow: second * SLOWEST // 2, fast: second * SLOWEST * 2})
    }
    assert min(gone) in range(2 * PATIENCE, 2 * PATIENCE + 6)
    assert fast not in readers.look(100, {fast: 100 * SLOWEST * 2})


def test_slow_ones_go_at_once_when_they_are_many() -> None:
    readers, many = Readers(PATIENCE), crowd(MAX_SLOW)
    assert not readers.look(0, dict.fromkeys(many, 0))
    assert readers.look(LOOK_SECONDS + 1, dict.fromkeys(many, 9)) == set(many)


def test_no_more_than_are_kept_and_the_slowest_go_first() -> None:
    readers, many = Readers(PATIENCE), crowd(MAX_READERS + 100)
    readers.look(0, dict.fromkeys(many, 0))
    gone = readers.look(1, {peer: peer[1] * BLOCK for peer in many})
    assert gone == set(many[:100])


def test_in_a_crowd_it_is_those_of_one_address_who_go_however_fast() -> None:
    readers, others = Readers(PATIENCE), crowd(MAX_READERS // 2)
    greedy = crowd(MAX_READERS, address="198.51.100.7")
    readers.look(0, dict.fromkeys(greedy + others, 0))
    gone = readers.look(1, dict.fromkeys(greedy, 900 * BLOCK) | dict.fromkeys(others, BLOCK))
    assert gone <= set(greedy)
    assert len(gone) == MAX_READERS // 2


def test_an_address_may_have_more_than_its_share_while_there_is_room() -> None:
    readers, many = Readers(PATIENCE), crowd(MAX_READERS // SHARE + 50, address="198.51.100.7")
    readers.look(0, dict.fromkeys(many, 0))
    assert not readers.look(1, dict.fromkeys(many, BLOCK))


def test_newcomers_go_too_when_there_are_only_newcomers() -> None:
    readers = Readers(PATIENCE)
    assert len(readers.look(0, dict.fromkeys(crowd(4 * MAX_READERS), 0))) == 3 * MAX_READERS
