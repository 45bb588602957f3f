"""Requests in, responses out. Nothing here knows what an asset is."""
