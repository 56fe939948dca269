"""Puts the floors together into one Flask application."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from config.metadata import load_metadata
from config.settings import Settings, load_settings
from models.clock import Clock
from models.db import Database
from models.specs import merge
from plugins.registry import load_registry
from views import pages, shell
from views.builder import Builder
from views.console import register_console
from views.context import EXTENSION, Platform, scope_of_context
from views.errors import register_errors
from views.imports import register_imports
from views.records import export, lookup
from views.registers import register_registers
from views.rest import register_rest
from views.security.gate import add_gate
from views.security.headers import add_headers
from views.security.manager import PlumblineSecurity

VIEWS = Path(__file__).parent
TEMPLATE_FOLDERS = ("shell", "pages", "records", "registers", "console", "imports", "rest", "security")
MEGABYTE = 1024 * 1024
FORM_MARGIN = MEGABYTE  # what a form may hold besides its file


def create_app(settings: Settings | None = None) -> Flask:
    """The application of this installation, ready to serve; raises SettingsError or MetadataError."""
    return make_app(make_platform(settings or load_settings()))


def make_platform(settings: Settings) -> Platform:
    """Read the metadata and the plugins and reach for the database; raises MetadataError."""
    metadata = load_metadata()
    clock = Clock(settings.time_zone)
    database = Database(settings.database_url, metadata, clock, settings.audit_key.encode())
    return Platform(
        settings=settings,
        metadata=metadata,
        specs=merge(metadata),
        database=database,
        registry=load_registry(settings.plugin_dir),
        clock=clock,
        sessions=database.scoped(scope_of_context),
    )


def make_app(platform: Platform) -> Flask:
    """The Flask application that serves `platform`."""
    app = Flask("plumbline", static_folder=None)
    app.extensions[EXTENSION] = platform
    app.config.update(_configuration(platform.settings))
    app.jinja_loader = ChoiceLoader([FileSystemLoader(VIEWS / folder / "templates") for folder in TEMPLATE_FOLDERS])
    add_gate(app)
    CSRFProtect(app)
    register_errors(app)
    shell.register(app, platform.settings)
    with app.app_context():
        builder = Builder(app, platform.sessions, security_manager_class=PlumblineSecurity)
        register_registers(builder, platform)
        register_rest(builder, platform)
        register_console(app, platform)
        app.register_blueprint(lookup.blueprint)
        app.register_blueprint(export.blueprint)
        register_imports(app)
        pages.register(app)
    shell.use_languages(app)
    add_headers(app, https=platform.settings.secure_cookies)
    if platform.settings.public_url:  # behind a proxy that says how it was reached
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    """Flask's and the frameworks' settings; everything that is not fine by default is said here."""
    return {
        "SECRET_KEY": settings.secret_key,
        "APP_NAME": "Plumbline",
        "TRUSTED_HOSTS": _trusted_hosts(settings),
        "MAX_CONTENT_LENGTH": settings.max_upload_mb * MEGABYTE + FORM_MARGIN,
        "MAX_FORM_MEMORY_SIZE": FORM_MARGIN,
        "MAX_FORM_PARTS": 5000,
        "SESSION_COOKIE_NAME": "plumbline",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=settings.session_hours),
        "WTF_CSRF_CHECK_DEFAULT": False,  # the gate checks, and knows what a token is
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a form may stay open for hours
        "RATELIMIT_ENABLED": True,
        "RATELIMIT_STORAGE_URI": "memory://",
        "JWT_ACCESS_TOKEN_EXPIRES": timedelta(hours=1),
        "JWT_REFRESH_TOKEN_EXPIRES": timedelta(hours=settings.session_hours),
        "FAB_UPDATE_PERMS": False,
        "FAB_CREATE_DB": False,
        "FAB_API_SWAGGER_UI": True,
        "FAB_API_SWAGGER_TEMPLATE": "rest/swagger.html",
        "FAB_API_MAX_PAGE_SIZE": 100,
        "FAB_API_ALLOW_JSON_QS": True,
        "FAB_BASE_TEMPLATE": "shell/fab_base.html",
        "FAB_OPENAPI_SERVERS": [{"url": settings.public_url or "/"}],
    }


def _trusted_hosts(settings: Settings) -> list[str] | None:
    """With a public address, requests that claim another host are refused."""
    if settings.public_url is None:
        return None
    return [str(urlsplit(settings.public_url).hostname), "localhost", "127.0.0.1"]
