"""What is wrong with a scheme or its data: every finding with its place, never stopping at the first."""

from plugins.engine.checking.data import check_data
from plugins.engine.checking.scheme import check_scheme

__all__ = ["check_data", "check_scheme"]
