"""The settings that tests run the platform with: fixed keys, a fixed demo password, a folder of their own."""

from __future__ import annotations

from pathlib import Path

from config.settings import Settings, load_settings

PROJECT = Path(__file__).parents[2]
DEMO_PASSWORD = "Plumb-line-2024"


def environment_for(database_url: str) -> dict[str, str]:
    """The environment variables of a test's installation, for a command in a process of its own."""
    return {
        "PLUMBLINE_DATABASE_URL": database_url,
        "PLUMBLINE_SECRET_KEY": "a key for tests and nothing else",
        "PLUMBLINE_AUDIT_KEY": "an audit key for tests only",
        "PLUMBLINE_DEMO_PASSWORD": DEMO_PASSWORD,
    }


def settings_for(database_url: str, root: Path, **more: str) -> Settings:
    """Settings for an installation on `database_url` that keeps its files below `root`.

    `more`: further settings by their name without the prefix: `settings_for(url, root, SESSION_HOURS="1")`.
    """
    further = {f"PLUMBLINE_{name}": value for name, value in more.items()}
    return load_settings(environment_for(database_url) | further, root)
