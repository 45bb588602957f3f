"""Hostile URLs and files, made from a seed, and a watch on what they do to the service."""
