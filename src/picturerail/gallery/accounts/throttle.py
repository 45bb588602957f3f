"""Limits that hold over all processes: on failed sign-ins, by account and by address, and on the calls of a token."""

import hashlib
import ipaddress
import time
from typing import Any

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
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
    """Counts tries before they are judged, so that a burst cannot slip through, and takes successes back."""

    def __init__(self, client: Client, tries_a_minute: int, place: str = "address") -> None:
        """Tries are counted for their address as a `place`: each kind of door has its own, none shuts another."""
        self._storage = _Storage(client)
        self._limiter = FixedWindowRateLimiter(self._storage)
        self._limit = RateLimitItemPerMinute(tries_a_minute)
        self._place = place

    def count_try(self, email: str, address: str) -> None:
        """Count one try; TooManyRequests when the account or the address has had too many this minute."""
        for key in self._keys(email, address):
            if not _hit(self._limiter, self._limit, key):
                reset = self._limiter.get_window_stats(self._limit, key).reset_time
                raise TooManyRequests("Too many tries. Please wait a minute.", retry_after=_seconds_to(reset))

    def take_back(self, email: str, address: str) -> None:
        """The try succeeded: it does not count."""
        for key in self._keys(email, address):
            self._storage.incr(self._limit.key_for(key), self._limit.get_expiry(), amount=-1)

    def _keys(self, email: str, address: str) -> tuple[str, str]:
        """Names of the two counters."""
        account = hashlib.sha256(folded(email).encode()).hexdigest()
        return f"account:{account}", f"{self._place}:{_network(address)}"


class CallLimit:
    """How many calls a minute a token may make."""

    def __init__(self, client: Client, calls_a_minute: int) -> None:
        self._limiter = FixedWindowRateLimiter(_Storage(client))
        self._limit = RateLimitItemPerMinute(calls_a_minute)

    def count(self, who: ApiClient) -> None:
        """Count one call; TooManyRequests beyond the limit."""
        key = f"token:{who.token_id}"
        if not _hit(self._limiter, self._limit, key):
            reset = self._limiter.get_window_stats(self._limit, key).reset_time
            raise TooManyRequests(
                f"This token may make {self._limit.amount} calls a minute.", retry_after=_seconds_to(reset)
            )


class ChoiceLimit:
    """How many choices a minute may come by one link, and from one address."""

    def __init__(self, client: Client, choices_a_minute: int = MAX_CHOICES_A_MINUTE) -> None:
        self._limiter = FixedWindowRateLimiter(_Storage(client))
        self._limit = RateLimitItemPerMinute(choices_a_minute)

    def count(self, share_id: str, address: str) -> None:
        """Count one choice, before it is read; TooManyRequests beyond the limit."""
        for key in (f"choices by {share_id}", f"choices from {_network(address)}"):
            if not _hit(self._limiter, self._limit, key):
                reset = self._limiter.get_window_stats(self._limit, key).reset_time
                raise TooManyRequests(
                    f"At most {self._limit.amount} choices a minute are taken. Please wait a moment.",
                    retry_after=_seconds_to(reset),
                )


class GuestLimit:
    """How many pictures an hour may come from one address, by links."""

    def __init__(self, client: Client, pictures_an_hour: int) -> None:
        self._limiter = FixedWindowRateLimiter(_Storage(client))
        self._limit = RateLimitItemPerHour(pictures_an_hour)

    def count(self, address: str) -> None:
        """Count one picture; TooManyRequests beyond the limit."""
        key = f"guest {_network(address)}"
        if not _hit(self._limiter, self._limit, key):
            reset = self._limiter.get_window_stats(self._limit, key).reset_time
            raise TooManyRequests(
                f"From one place come at most {self._limit.amount} pictures an hour. The others can follow later.",
                retry_after=max(1, min(3600, round(reset - time.time()))),
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
            reset = self._limiter.get_window_stats(self._limit, key).reset_time
            raise TooManyRequests(
                f"At most {self._limit.amount} pictures an hour are fetched by their addresses. The others can follow "
                "later.",
                retry_after=max(1, min(3600, round(reset - time.time()))),
            )


def _hit(limiter: FixedWindowRateLimiter, limit: RateLimitItem, key: str) -> bool:
    """Count one; False beyond the limit. What ends later than a window can was begun before the clock was put back."""
    if limiter.hit(limit, key):
        return True
    if limiter.get_window_stats(limit, key).reset_time <= time.time() + limit.get_expiry() + MAX_SKEW:
        return False
    limiter.clear(limit, key)
    return limiter.hit(limit, key)


def _seconds_to(moment: float) -> int:
    return max(1, min(60, round(moment - time.time())))


def _network(address: str) -> str:
    """What counts as one place: an address, of IPv6 its network, since one household has 2^64 of them."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((ip, 64 if ip.version == 6 else 32), strict=False))
