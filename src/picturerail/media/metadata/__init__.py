"""Structured metadata: typed fields, their lists of values, rules between them, and the values of assets."""
