"""Pure decisions about integrity, and PREMIS. Does no input or output."""
