"""Fetching from other hosts: the only door to the network beyond this machine, guarded by an own address table."""
