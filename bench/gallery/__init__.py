"""Measurements of the whole program: starting, pages, faults, memory."""
