"""What every page and every API call shares: who asks, security headers, errors, parsing, health."""
