"""`openapi`: the OpenAPI document of the REST interface, as clients fetch it from `/api/v1/_openapi`."""

from __future__ import annotations

import json

import click
from flask_appbuilder.api import BaseApi
from flask_appbuilder.api.manager import OpenApi

from views.commands.session import installation
from views.wiring import make_app

VERSION = "v1"


@click.command("openapi", help="Print the OpenAPI document.")
def command() -> None:
    """Print it as JSON."""
    with installation() as platform:
        app = make_app(platform)
        with app.test_request_context():
            document = OpenApi._create_api_spec(VERSION)
            for view in app.appbuilder.baseviews:  # type: ignore[attr-defined]  # set by Flask-AppBuilder
                if isinstance(view, BaseApi) and view.version == VERSION:
                    view.add_api_spec(document)
        click.echo(json.dumps(document.to_dict(), ensure_ascii=False, indent=1))
