"""What an image worker cannot do, whatever a picture makes it do: kept by the kernel, from its beginning."""
