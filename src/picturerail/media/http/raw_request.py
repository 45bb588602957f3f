"""A request for delivery as it came, in plain values."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class RawRequest:
    """A GET or HEAD as it came: `path` follows the cloud's name, `query` is not decoded, header names are small.

    `full_path` is WSGI's PATH_INFO: the bytes of the decoded path, each as one letter.
    """

    path: str
    full_path: str
    query: str
    headers: Mapping[str, str]
    address: str

    @property
    def shown_path(self) -> str:
        """The whole path as text."""
        return self.full_path.encode("latin-1", "replace").decode(errors="replace")
