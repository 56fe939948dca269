"""Fixtures that every test may use; each area adds its own in its folder."""

from __future__ import annotations

pytest_plugins = [
    "tests.support.run",
    "tests.support.translations",
    "tests.support.databases",
    "tests.support.server",
    "tests.support.browser",
]
