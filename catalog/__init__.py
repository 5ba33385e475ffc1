"""Everything that is asked by query. Rebuildable from the stores, but for people and what is local to the machine."""
