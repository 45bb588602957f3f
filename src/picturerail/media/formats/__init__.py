"""Formats of pictures as HTTP names them: negotiation by Accept, media types, Content-Disposition. Pure."""
