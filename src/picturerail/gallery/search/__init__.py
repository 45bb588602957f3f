"""Finding pictures by the words of their descriptions, names and tags."""
