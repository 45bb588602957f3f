"""The edge: nginx configured as a cache of pictures, the authentication that hides the origin behind it, and purges."""
