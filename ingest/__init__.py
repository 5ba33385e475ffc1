"""From what arrived to what we are willing to keep: submissions, metadata, checksums, rules. Decodes no pixel."""
