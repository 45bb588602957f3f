"""Many pictures in one file: arranged, painted, and told apart by a list and a style sheet."""
