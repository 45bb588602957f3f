"""Files without their metadata."""
