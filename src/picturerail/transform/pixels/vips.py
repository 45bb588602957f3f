"""libvips as this program uses it, set up before the first picture is opened."""

import pyvips

pyvips.block_untrusted_set(True)  # only loaders that are made for files from strangers
pyvips.cache_set_max(0)  # a cache of operations would keep the pixels of pictures that are done
pyvips.concurrency_set(1)  # one process is one core's work; more threads would only wait for each other

__all__ = ["pyvips"]
