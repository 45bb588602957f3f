"""Transformations as people write them: built with the SDK's builder from the parameters that Cloudinary documents."""
