"""The media service: Cloudinary's upload and admin interfaces, and delivery by URL."""
