"""URL grammar -> plan -> libvips: the picture that a URL asks for."""
