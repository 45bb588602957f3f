"""What the operator runs: comparing documents and files, and moving a library to another store."""
