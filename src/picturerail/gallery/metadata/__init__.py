"""What a file says beside its pixels, taken out without touching these: place, camera, serial numbers, words. Pure.

A file is a buffer; what is left of it comes as pieces, most of them views of that buffer, so that nothing large is
copied. Orientation and colour profile stay, since a picture would look different without them.
"""
