"""The page process."""
