"""Another cloud, of which assets are taken over: where it is, how it is asked, and what it tells about an asset."""
