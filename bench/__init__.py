"""Measurements: of ourselves, and beside our peers in one run. `python -m bench --help` lists them."""
