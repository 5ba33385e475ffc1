"""Everything about pixels: facts from headers, safe decoding, colour, access copies, tiles.."""
