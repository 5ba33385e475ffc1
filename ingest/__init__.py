"""From what arrived to what we are willing to keep: submissions, their metadata and checksums, and the rules. Decodes no pixel."""
