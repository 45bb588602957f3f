"""The running media service of the tests beside these."""

from tests.media.conftest import cloud, records, sdk

__all__ = ["cloud", "records", "sdk"]
