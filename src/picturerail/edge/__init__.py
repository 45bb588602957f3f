"""The edge: nginx configured as a cache of pictures, the guard that hides the origin behind it, and purges."""
