"""Backup and restore: a point in time of the database, and every original that it names."""
