"""The Upload API: bytes in, and what can be done to one asset by its public_id."""
