"""nginx as an edge: its configuration, and its process."""
