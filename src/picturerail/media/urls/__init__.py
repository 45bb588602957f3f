"""The grammar of delivery URLs. Pure."""
