"""Limits that hold over all processes: on failed sign-ins, by account and by address, and on the calls of a token."""

import hashlib
import ipaddress
import time
from typing import Any

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage.mongodb import MongoDBStorageBase
from limits.strategies import FixedWindowRateLimiter

from picturerail.database import Client, database
from picturerail.errors import TooManyRequests
from picturerail.gallery.accounts.email import folded
from picturerail.gallery.policy import ApiClient, Principal

COLLECTION = "sign_in_tries"
MAX_ADDRESSES_AN_HOUR = 300  # pictures that one person may let the cloud fetch
MAX_CHOICES_A_MINUTE = 120  # more than anybody clicks
MAX_SKEW = 60  # seconds by which the clocks of several machines may differ
# Times the tries of a minute: what one place has for one account an hour and a day, and all places together a day.
TIMES_AN_HOUR, TIMES_A_DAY, TIMES_A_DAY_IN_ALL = 3, 10, 50
MAX_TRIES_IN_A_CROWD = 3  # that each place still has for that day when all together have had theirs
HOUSE, SITE = 64, 48  # bits of an IPv6 network: what one household has, and what one may be given


class _Storage(MongoDBStorageBase):
    """The counters of `limits` in the gallery's own database, over its own connection."""

    STORAGE_SCHEME = None  # a base class demands the name; this storage is never made from an address

    def __init__(self, client: Client) -> None:
        self._client = client
        super().__init__("", database(client).name, COLLECTION, f"{COLLECTION}_windows")

    def __del__(self) -> None:
        """Leave the connection open: it is the app's."""

    def _init_mongo_client(self, uri: str | None, **options: Any) -> Any:  # noqa: ANN401, ARG002
        return self._client


class SignInThrottle:
    """Counts tries before they are judged, so that a burst cannot slip through, and takes successes back.

    Who guesses from one place waits longer and longer: a minute, then an hour, then a day. What that place did shuts
    nobody else out. Against guesses from very many places all together have a limit a day; beyond it each place has a
    few tries left, which are enough for who knows the password and not for who guesses a short one.
    """

    def __init__(self, client: Client, tries_a_minute: int, place: str = "address") -> None:
        """Tries are counted for their address as a `place`: each kind of door has its own, none shuts another."""
        self._storage = _Storage(client)
        self._limiter = FixedWindowRateLimiter(self._storage)
        self._limit = RateLimitItemPerMinute(tries_a_minute)
        self._hour = RateLimitItemPerHour(TIMES_AN_HOUR * tries_a_minute)
        self._day = RateLimitItemPerDay(TIMES_A_DAY * tries_a_minute)
        self._in_all = RateLimitItemPerDay(TIMES_A_DAY_IN_ALL * tries_a_minute)
        self._in_crowd = RateLimitItemPerDay(MAX_TRIES_IN_A_CROWD)
        self._place = place

    def count_try(self, email: str, address: str) -> None:
        """Count one try; TooManyRequests when the account or the address has had too many: it costs no other."""
        counted: list[tuple[RateLimitItem, str]] = []
        for limit, key in self._counters(email, address):
            if not self._hit(limit, key):
                self._give_back(counted)
                raise self._refusal(limit, key)
            counted.append((limit, key))
        few = self._in_crowd, _pair(email, address)
        if not self._hit(self._in_all, _account(email)) and not self._hit(*few):
            self._give_back(counted)
            raise self._refusal(*few)

    def take_back(self, email: str, address: str) -> None:
        """The try succeeded: it does not count."""
        in_crowd = (self._in_all, _account(email)), (self._in_crowd, _pair(email, address))
        self._give_back([*self._counters(email, address), *in_crowd])

    def _counters(self, email: str, address: str) -> list[tuple[RateLimitItem, str]]:
        """Of the place alone first: what is refused there costs the account nothing."""
        pair = _pair(email, address)
        here = f"{self._place}:{_network(address, HOUSE)}"
        return [(self._limit, here), (self._hour, pair), (self._day, pair), (self._limit, _account(email))]

    def _hit(self, limit: RateLimitItem, key: str) -> bool:
        return _hit(self._limiter, limit, key)

    def _give_back(self, counted: list[tuple[RateLimitItem, str]]) -> None:
        for limit, key in counted:
            self._storage.incr(limit.key_for(key), limit.get_expiry(), amount=-1)

    def _refusal(self, limit: RateLimitItem, key: str) -> TooManyRequests:
        seconds = _seconds_to(self._limiter, limit, key)
        return TooManyRequests(f"Too many tries. Please wait {_in_words(seconds)}.", retry_after=seconds)


class CallLimit:
    """How many calls a minute a token may make."""

    def __init__(self, client: Client, calls_a_minute: int) -> None:
        self._limiter = FixedWindowRateLimiter(_Storage(client))
        self._limit = RateLimitItemPerMinute(calls_a_minute)

    def count(self, who: ApiClient) -> None:
        """Count one call; TooManyRequests beyond the limit."""
        key = f"token:{who.token_id}"
        if not _hit(self._limiter, self._limit, key):
            seconds = _seconds_to(self._limiter, self._limit, key)
            raise TooManyRequests(
                f"This token may make {self._limit.amount} calls a minute.", retry_after=seconds
            )


class ChoiceLimit:
    """How many choices a minute may come by one link, and from one address."""

    def __init__(self, client: Client, choices_a_minute: int = MAX_CHOICES_A_MINUTE) -> None:
        self._limiter = FixedWindowRateLimiter(_Storage(client))
        self._limit = RateLimitItemPerMinute(choices_a_minute)

    def count(self, share_id: str, address: str) -> None:
        """Count one choice, before it is read; TooManyRequests beyond the limit."""
        for key in (f"choices by {share_id}", f"choices from {_network(address, HOUSE)}"):
            if not _hit(self._limiter, self._limit, key):
                raise TooManyRequests(
                    f"At most {self._limit.amount} choices a minute are taken. Please wait a moment.",
                    retry_after=_seconds_to(self._limiter, self._limit, key),
                )


class GuestLimit:
    """How many pictures an hour may come from one address, by links."""

    def __init__(self, client: Client, pictures_an_hour: int) -> None:
        self._limiter = FixedWindowRateLimiter(_Storage(client))
        self._limit = RateLimitItemPerHour(pictures_an_hour)

    def count(self, address: str) -> None:
        """Count one picture; TooManyRequests beyond the limit."""
        key = f"guest {_network(address, HOUSE)}"
        if not _hit(self._limiter, self._limit, key):
            raise TooManyRequests(
                f"From one place come at most {self._limit.amount} pictures an hour. The others can follow later.",
                retry_after=_seconds_to(self._limiter, self._limit, key),
            )


class AddressLimit:
    """How many pictures an hour one person may let the cloud fetch by their addresses, in pages and by tokens."""

    def __init__(self, client: Client, addresses_an_hour: int = MAX_ADDRESSES_AN_HOUR) -> None:
        self._limiter = FixedWindowRateLimiter(_Storage(client))
        self._limit = RateLimitItemPerHour(addresses_an_hour)

    def count(self, who: Principal) -> None:
        """Count one address, before it is called; TooManyRequests beyond the limit."""
        key = f"addresses of {who.id}"
        if not _hit(self._limiter, self._limit, key):
            raise TooManyRequests(
                f"At most {self._limit.amount} pictures an hour are fetched by their addresses. The others can follow "
                "later.",
                retry_after=_seconds_to(self._limiter, self._limit, key),
            )


def _hit(limiter: FixedWindowRateLimiter, limit: RateLimitItem, key: str) -> bool:
    """Count one; False beyond the limit. What ends later than a window can was begun before the clock was put back."""
    if limiter.hit(limit, key):
        return True
    if limiter.get_window_stats(limit, key).reset_time <= time.time() + limit.get_expiry() + MAX_SKEW:
        return False
    limiter.clear(limit, key)
    return limiter.hit(limit, key)


def _seconds_to(limiter: FixedWindowRateLimiter, limit: RateLimitItem, key: str) -> int:
    """After which one may come again."""
    return max(
        1, min(limit.get_expiry(), round(limiter.get_window_stats(limit, key).reset_time - time.time()))
    )


def _in_words(seconds: int) -> str:
    if seconds <= 60:
        return "a minute"
    minutes = -(-seconds // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{-(-minutes // 60)} hours"


def _account(email: str) -> str:
    """What counts as one account, or as one door, whatever its spelling; nobody reads it in the database."""
    return f"account:{hashlib.sha256(folded(email).encode()).hexdigest()}"


def _pair(email: str, address: str) -> str:
    return f"{_account(email)} from {_network(address, SITE)}"


def _network(address: str, bits: int) -> str:
    """What counts as one place: an address, of IPv6 a network, since one household has 2^64 of them and more."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((ip, bits if ip.version == 6 else 32), strict=False))
