"""Images derived on request: eager transformations, breakpoints, and the record of transformations."""
