"""What granian's workers load: the public door, and the gallery's own door to the media service."""
