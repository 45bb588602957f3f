"""What keeps the gallery and its cloud in step: removing for good, and comparing."""
