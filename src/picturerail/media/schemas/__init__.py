"""What the APIs of the media service take and answer, as structs. Pure."""
