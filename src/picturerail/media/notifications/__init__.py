"""Telling other programs what happened: stored first, then sent, signed, until each receiver has taken it."""
