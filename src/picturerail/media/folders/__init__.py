"""Folders: made by uploads or by hand, listed, renamed, searched; an asset's folder is data, not a place on disk."""
