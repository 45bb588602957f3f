"""What keeps the gallery, its cloud and its index in step: removal for good, comparison, words without an index."""
