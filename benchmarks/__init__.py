"""How fast and how well Muniment works, measured beside its plain alternatives in the same run."""
