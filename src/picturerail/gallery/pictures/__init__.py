"""A picture: its record, how it comes in, what becomes of it, how it is listed and shown."""
