"""Share links: what each shows, for how long, to whom; kept, found by their address, ended."""
