"""Reads the plain tables in `seeds/data`."""

from __future__ import annotations

import csv
from pathlib import Path

FOLDER = Path(__file__).parent / "data"


def table(name: str) -> list[dict[str, str]]:
    """The rows of `data/<name>.csv`, by column."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
