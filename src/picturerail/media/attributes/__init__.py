"""What can be said about an asset beside its bytes: tags, context, metadata, moderation, coordinates."""
