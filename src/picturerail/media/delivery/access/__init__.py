"""Who may see an asset: URL signatures, tokens, access control, strict transformations."""
