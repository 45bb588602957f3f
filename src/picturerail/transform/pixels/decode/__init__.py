"""LoadOptions of source pictures: told apart by their bytes, read by one loader for each format."""
