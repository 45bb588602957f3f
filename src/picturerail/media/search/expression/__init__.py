"""The language of search expressions: from text to a tree to a MongoDB query. Pure."""
