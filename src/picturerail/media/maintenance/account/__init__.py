"""A whole account of another cloud: taken over, and compared."""
