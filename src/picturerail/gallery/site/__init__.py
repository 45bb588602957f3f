"""What an owner says about the whole site."""
