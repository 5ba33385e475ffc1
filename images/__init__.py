"""Everything about pixels: facts from headers, safe decoding, colour, access copies, tiles.

What an item is, what a problem means to it and where copies are kept belong to other rooms.
"""
