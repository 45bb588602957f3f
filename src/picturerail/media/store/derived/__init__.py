"""Derived images in the store: made once, checked when they are read, made again when they are gone."""
