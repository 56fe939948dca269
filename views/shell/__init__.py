"""The frame of every page: templates, style sheets, navigation, languages and how values are written.

`register` goes before the frameworks (so that our templates are found first), `use_languages` after them (because
Flask-AppBuilder sets a locale selector of its own).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Blueprint, Flask
from werkzeug.wrappers import Response

from config.settings import Settings
from views.shell import formats, frame, language, naming
from views.shell.i18n import configure_languages, say, use_languages

FOLDER = Path(__file__).parent

__all__ = ["register", "use_languages"]


def register(app: Flask, settings: Settings) -> None:
    """Give `app` the shell: its templates (first in line), static files, filters and the `shell` of each page."""
    shell = Blueprint(
        "shell", __name__, template_folder="templates", static_folder="static", static_url_path="/static/shell"
    )
    app.register_blueprint(shell)
    app.register_blueprint(language.blueprint)
    configure_languages(app, settings)
    app.extensions["plumbline_shell"] = frame.Revision(_revision(FOLDER / "static"))
    app.jinja_env.filters.update(
        say=say,
        name=naming.name_of,
        number=formats.number,
        value=formats.value,
        moment=formats.moment,
        day=formats.day,
        share=formats.share,
    )
    app.context_processor(frame.context)
    app.after_request(_vary)


def _revision(folder: Path) -> str:
    """A short hash over the static files: browsers keep them until one changes."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def _vary(response: Response) -> Response:
    """One address answers in several languages: caches must keep them apart."""
    if response.mimetype == "text/html":
        response.vary.update(["Accept-Language", "Cookie"])
        response.headers.setdefault("Content-Language", language.html_code())
    return response
