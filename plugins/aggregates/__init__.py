"""The built-in aggregates of scoring.md 1, one a module, on the public contract only."""
