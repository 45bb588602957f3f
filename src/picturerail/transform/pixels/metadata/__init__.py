"""What cameras and people wrote into a picture."""
