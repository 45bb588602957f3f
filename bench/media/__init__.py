"""Measurements of the media service: hits, new pictures, bytes, memory, hostile input."""
