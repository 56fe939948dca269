"""What the tests of the engine share."""

from __future__ import annotations

import pytest

from plugins.registry import Registry, build_registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The built-in plugins alone."""
    return build_registry(entry_points=False)
