"""Searches in a large place beside a small one."""
