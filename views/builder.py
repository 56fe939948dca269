"""Flask-AppBuilder's builder without the pages of its own that the platform does not use."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder import AppBuilder
from flask_appbuilder.views import BaseView, expose


class Start(BaseView):
    """Where the framework sends people when it knows no better place: the home page."""

    route_base = "/start"
    default_view = "index"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Go on to the home page."""
        return redirect(f"{request.script_root}/")


class Builder(AppBuilder):  # type: ignore[misc]  # Flask-AppBuilder is untyped
    """Registers sign-in, tokens and the API's description; no menu API, no language switch, no way "back"."""

    def _add_admin_views(self) -> None:
        self._indexview = self.add_view_no_menu(Start)
        self.sm.register_views()
        self.openapi_manager.register_views()
