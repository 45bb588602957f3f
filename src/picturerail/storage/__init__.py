"""Originals and derived images: one small interface, used twice."""
