"""Assets that come from other hosts: delivery type fetch, upload mappings, and what goes when there is no room."""
