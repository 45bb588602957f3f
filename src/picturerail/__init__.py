"""Picturerail: a picture gallery on its own content delivery network."""

__version__ = "0.1.0"
