"""What a user of the tutorial already has, and how it is taken over."""
