"""The pages: reading, uploading, editing, the trash, and people's accounts."""
