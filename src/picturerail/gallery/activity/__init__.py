"""The activity log: who did what to what, when, and from where; written by actions, read by owners, never changed."""
