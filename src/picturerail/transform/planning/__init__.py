"""What each part of a transformation adds to a plan."""
