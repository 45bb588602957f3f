"""The test suite of Cloudinary's official Python SDK, run unchanged against a running service."""
