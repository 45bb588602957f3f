"""What edges hold, the queue by which they are told to forget it, and its delivery."""
