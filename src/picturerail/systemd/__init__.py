"""Units for systemd: the program, and an edge."""
