"""Bytes at rest: the stores, their layout, the OCFL commit, checksums, the verified cache, ways out."""
