"""Which language a request speaks, and sentences of the lower floors in it.

Two kinds of codes: a *language* (`en`, `zh_Hans`) is what people choose, accounts keep and `Text` knows; a *locale*
(`en`, `zh_Hans_CN`) is what the catalogues go by, because both frameworks ship theirs under it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, current_app, has_request_context, request
from flask_babel import Babel, get_locale
from flask_login import current_user

from config.settings import Settings
from config.text import Text

LOCALES = {"en": "en", "zh_Hans": "zh_Hans_CN"}
"""Language → locale."""

HTML_CODES = {"en": "en", "zh_Hans": "zh-Hans"}
"""Language → what `lang` says in a page."""

OWN_NAMES = {"en": ("EN", "English"), "zh_Hans": ("中文", "简体中文")}
"""Language → its name in itself, short and long."""

COOKIE = "plumbline_language"
CATALOGUES = Path(__file__).parent.parent / "translations"


def configure_languages(app: Flask, settings: Settings) -> None:
    """Tell the libraries where the catalogues are, which languages there are and what time it is here."""
    app.config["BABEL_DEFAULT_LOCALE"] = LOCALES[settings.default_language]
    app.config["BABEL_DEFAULT_TIMEZONE"] = settings.time_zone
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    app.config["LANGUAGES"] = {LOCALES[code]: {"flag": "", "name": long} for code, (_short, long) in OWN_NAMES.items()}
    app.config["PLUMBLINE_LANGUAGE"] = settings.default_language
    Babel(app, locale_selector=select_locale)


def use_languages(app: Flask) -> None:
    """Make our choice of the locale the one that counts, whatever a framework has set since."""
    app.extensions["babel"].locale_selector = select_locale


def select_locale() -> str:
    """The locale of this request."""
    return LOCALES[select_language()]


def select_language() -> str:
    """The language of this request: the account's, the cookie's, the browser's, the installation's."""
    if not has_request_context():
        return str(current_app.config["PLUMBLINE_LANGUAGE"])
    wishes = [getattr(current_user, "language", None), request.cookies.get(COOKIE)]
    for wish in wishes:
        if wish in LOCALES:
            return str(wish)
    return from_header() or str(current_app.config["PLUMBLINE_LANGUAGE"])


def from_header() -> str | None:
    """The best of our languages that the browser asks for, or None."""
    for wanted, _quality in request.accept_languages:
        if wanted.lower().startswith("zh"):
            return "zh_Hans"
        if wanted.lower().startswith("en"):
            return "en"
    return None


def language() -> str:
    """The language in force while a page is drawn (`en` or `zh_Hans`)."""
    locale = get_locale()
    return "zh_Hans" if locale is not None and locale.language == "zh" else "en"


def say(value: Any) -> str:
    """A sentence of a lower floor in the request's language: a `Text`, a stored {en, zh_Hans}, or as it is."""
    if isinstance(value, Text):
        return value.in_language(language())
    if isinstance(value, Mapping):
        return str(value.get(language()) or value.get("en") or "")
    return "" if value is None else str(value)
