"""The Upload API: bytes in."""
