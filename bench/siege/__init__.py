"""Hostile visitors against the program as `make run` starts it: on this machine only, bounded in count and time."""
