"""What can be done to an asset that is there: tags, context, metadata, rename, destroy."""
