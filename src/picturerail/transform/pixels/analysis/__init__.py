"""What is found out by looking at the pixels of a source."""
