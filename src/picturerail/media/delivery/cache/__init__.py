"""What is already made: answered before the web framework is reached, the hottest of it from memory."""
