"""The built-in results rules, one a module."""
