"""What is kept: assets and backups, their bytes, what is derived of them; and how processes share the work."""
