"""Everything that touches pixels: only image workers import this."""
