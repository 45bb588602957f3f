"""The programs that we are measured beside, each started as its own documentation says."""
