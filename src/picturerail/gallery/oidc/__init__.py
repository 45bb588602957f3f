"""Sign-in by OpenID Connect: the provider, the way there and back, and what it vouches for. Knows no accounts."""
