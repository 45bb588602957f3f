"""How files are named and sent by HTTP: Content-Disposition. Pure."""
