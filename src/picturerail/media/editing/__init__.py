"""Actions on assets that are there: explicit, rename, tags, context, metadata."""
