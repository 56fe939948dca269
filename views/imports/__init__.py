"""Importing workbooks in the browser: hand one in, see what it would do and every bad cell, then confirm."""

from __future__ import annotations

from flask import Flask

from views.imports.pages import blueprint


def register_imports(app: Flask) -> None:
    """Add `/import/<what>`: an entity's code, `scheme`, `track-<id>` or `form-<id>`."""
    app.register_blueprint(blueprint)
