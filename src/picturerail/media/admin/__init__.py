"""The Admin API: look at assets and manage them with the account's own key."""
