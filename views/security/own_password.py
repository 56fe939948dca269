"""Changing one's own password."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.security.decorators import has_access
from flask_appbuilder.views import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from models.operations.accounts import set_own_password
from views.context import platform, session
from views.errors import say
from views.security.identity import credentials_of
from views.security.limits import note_failure
from views.security.passwords import hash_password, password_matches, password_problem


class OwnPasswordForm(FlaskForm):
    """The password in use and, twice, the new one."""

    current = PasswordField(
        lazy_gettext("Password in use"), [InputRequired(lazy_gettext("Enter the password in use.")), Length(max=200)]
    )
    password = PasswordField(lazy_gettext("New password"), [InputRequired(lazy_gettext("Enter a new password."))])
    again = PasswordField(
        lazy_gettext("New password again"), [EqualTo("password", lazy_gettext("The two entries differ."))]
    )


class ResetMyPasswordView(BaseView):
    """The page for one's own password; the class is called as the framework calls its own, for its links."""

    route_base = "/password"
    default_view = "this_form_get"

    @expose("/form", methods=["GET"])
    @has_access
    def this_form_get(self) -> ResponseReturnValue:
        """Show the form."""
        return self._page(OwnPasswordForm())

    @expose("/form", methods=["POST"])
    @has_access
    def this_form_post(self) -> ResponseReturnValue:
        """Store the new password; every other session of this sign-in ends."""
        form = OwnPasswordForm()
        if not form.validate_on_submit() or not self._acceptable(form):
            return self._page(form)
        set_own_password(session(), hash_password(form.password.data))
        self.appbuilder.sm.continue_session(current_user.id)
        flash(_("The new password is in force. Other sessions of yours have ended."), "ok")
        return redirect(f"{request.script_root}/")

    def _acceptable(self, form: OwnPasswordForm) -> bool:
        found = credentials_of(platform(), current_user.username)
        if not password_matches(found[1] if found else None, form.current.data):
            note_failure()
            form.current.errors = [_("This is not the password in use.")]
            return False
        problem = password_problem(form.password.data, current_user.username)
        if problem is not None:
            form.password.errors = [say(problem)]
        return problem is None

    def _page(self, form: OwnPasswordForm) -> ResponseReturnValue:
        return render_template("security/own_password.html", form=form)
