"""The wire: requests in, answers out. Nothing here knows what an asset is."""
