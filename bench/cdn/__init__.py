"""What edges gain: rate, bandwidth of the origin, and nearness."""
