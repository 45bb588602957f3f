"""The pixel steps, a few to a file."""
