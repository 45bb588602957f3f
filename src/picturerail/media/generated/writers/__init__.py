"""Files put together from files: GIF, PDF, ZIP. Pure."""
