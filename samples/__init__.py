"""The sample batch: drawn, typeset and aged by this package, so that every installation has something true to show."""
