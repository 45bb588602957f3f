"""Actions on assets that are there: explicit, rename, destroy, tags, context, metadata."""
