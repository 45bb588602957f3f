"""Since when no MongoDB server takes writes, as the driver tells it."""

import time

from pymongo.monitoring import (
    TopologyClosedEvent,
    TopologyDescriptionChangedEvent,
    TopologyListener,
    TopologyOpenedEvent,
)
from pymongo.topology_description import TopologyDescription

ELECTION_SECONDS = 3.0  # within which a new primary is to be expected


class Watch(TopologyListener):
    """Knows since when no server takes writes, so that nobody waits in vain, step after step."""

    def __init__(self) -> None:
        """Nothing is known yet: that counts as away, from the first look on."""
        self._since: float | None = None

    def is_away(self) -> bool:
        """True when there was no primary for longer than an election takes."""
        return self._since is not None and time.monotonic() > self._since + ELECTION_SECONDS

    def opened(self, event: TopologyOpenedEvent) -> None:
        """Called by the driver when it begins to look."""

    def description_changed(self, event: TopologyDescriptionChangedEvent) -> None:
        """Called by the driver when a server came, went, or changed its part."""
        if not event.previous_description.server_descriptions():
            return  # the client was made; Flask-PyMongo's does not look before it is first used
        before, present = _known(event.previous_description), _known(event.new_description)
        if event.new_description.has_writable_server():
            self._since = None
        elif self._since is None or present > before:  # one that came back may be elected
            self._since = time.monotonic()

    def closed(self, event: TopologyClosedEvent) -> None:
        """Called by the driver when it stops looking."""


def _known(topology: TopologyDescription) -> int:
    """How many servers answer."""
    return sum(server.is_server_type_known for server in topology.server_descriptions().values())
