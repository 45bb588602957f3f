"""Who may call the APIs, and who may see what: policy of an asset, grants of a request, tokens, signatures."""
