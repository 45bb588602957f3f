"""Images derived on request: eager transformations, breakpoints, and how each is planned."""
