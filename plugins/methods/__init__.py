"""The built-in scoring methods of scoring.md 2, one a module, on the public contract only."""
