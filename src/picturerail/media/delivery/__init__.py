"""Delivery: from a URL to the bytes of a picture."""
