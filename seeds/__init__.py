"""What an installation starts with, and the demo organization to try it with."""

from __future__ import annotations

from seeds.baseline import seed_baseline
from seeds.demo import DemoReport, seed_demo

__all__ = ["DemoReport", "seed_baseline", "seed_demo"]
