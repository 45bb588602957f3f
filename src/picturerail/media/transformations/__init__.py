"""Named and used transformations, and their long names."""
