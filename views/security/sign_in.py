"""Signing in and out in the browser, and the token endpoint for programs."""

from __future__ import annotations

from flask import Response, jsonify, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_appbuilder.api import expose as expose_api
from flask_appbuilder.security.api import SecurityApi
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.views import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_jwt_extended import create_access_token, create_refresh_token
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from config.text import text
from models.errors import Invalid, PlumblineError
from views.context import platform
from views.errors import error_body
from views.json_body import sent_json
from views.security.identity import SignedIn
from views.security.limits import note_failure
from views.shell.links import safe_path


class SignInForm(FlaskForm):
    """Name and password."""

    username = StringField(
        lazy_gettext("User name"), [InputRequired(lazy_gettext("Enter your user name.")), Length(max=320)]
    )
    password = PasswordField(
        lazy_gettext("Password"), [InputRequired(lazy_gettext("Enter your password.")), Length(max=200)]
    )


def begin_session(user: SignedIn) -> None:
    """Start a fresh browser session for `user`; nothing of the session before survives but the language."""
    language = cookie.get("locale")
    cookie.clear()
    if language:
        cookie["locale"] = language
    cookie.permanent = True
    cookie["binding"] = user.binding
    cookie["since"] = int(platform().clock.now().timestamp())
    login_user(user, remember=False)


class SignInView(AuthDBView):
    """The sign-in page (`/login/`) and signing out (`/logout/`)."""

    login_template = "shell/sign_in.html"

    @expose("/login/", methods=["GET", "POST"])
    @no_cache
    def login(self) -> ResponseReturnValue:
        """Show the form, or check what was entered; wrong name and wrong password look the same."""
        target = safe_path(request.args.get("next"))
        if current_user.is_authenticated:
            return redirect(target)
        form = SignInForm()
        if form.validate_on_submit():
            user = self.appbuilder.sm.auth_user_db(form.username.data.strip(), form.password.data)
            if user is not None:
                begin_session(user)
                return redirect(target)
            note_failure()
            form.password.errors = [_("The user name or the password is not right.")]
        return render_template(self.login_template, form=form, title=_("Sign in"))

    @expose("/logout/", methods=["GET", "POST"])
    def logout(self) -> ResponseReturnValue:
        """End every session of this sign-in, in every browser, and show the sign-in page."""
        user = current_user._get_current_object()
        if user.is_authenticated:
            self.appbuilder.sm.end_sessions()
            logout_user()
            language = cookie.get("locale")
            cookie.clear()
            if language:
                cookie["locale"] = language
        return redirect(url_for(f"{self.endpoint}.login"))


class TokenApi(SecurityApi):
    """`/api/v1/security/login` and `/refresh`: tokens for programs."""

    resource_name = "security"
    openapi_spec_tag = "Security"

    @expose_api("/login", methods=["POST"])
    def login(self) -> Response:
        """Exchange name and password for a token
        ---
        post:
          summary: Exchange name and password for a token
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [username, password]
                  properties:
                    username: {type: string}
                    password: {type: string}
                    provider: {type: string, enum: [db]}
                    refresh: {type: boolean, description: also give a refresh token}
          responses:
            200:
              description: A token
              content:
                application/json:
                  schema:
                    type: object
                    required: [access_token]
                    properties:
                      access_token: {type: string}
                      refresh_token: {type: string}
            400:
              $ref: '#/components/responses/400'
            401:
              $ref: '#/components/responses/401'
            429:
              $ref: '#/components/responses/429'
        """
        try:
            name, password, refresh = _credentials(sent_json())
        except PlumblineError as error:
            return make_response(jsonify(error_body(error)), 400)
        user = self.appbuilder.sm.auth_user_db(name, password)
        if user is None:
            note_failure()
            return self.response_401()
        tokens = {"access_token": create_access_token(identity=str(user.id), fresh=True)}
        if refresh:
            tokens["refresh_token"] = create_refresh_token(identity=str(user.id))
        return self.response(200, **tokens)


def _credentials(body: object) -> tuple[str, str, bool]:
    """Name, password and whether a refresh token is wanted; raises Invalid."""
    if not isinstance(body, dict):
        raise Invalid(text("Send JSON with username and password.", "请发送包含 username 和 password 的 JSON。"))
    needed = text("a text is needed", "需要文本")
    wrong = {name: needed for name in ("username", "password") if not isinstance(body.get(name), str) or not body[name]}
    if body.get("provider", "db") != "db":
        wrong["provider"] = text("only db is available", "仅支持 db")
    if not isinstance(body.get("refresh", False), bool):
        wrong["refresh"] = text("true or false", "true 或 false")
    if wrong:
        raise Invalid(text("Send JSON with username and password.", "请发送包含 username 和 password 的 JSON。"), wrong)
    return body["username"].strip(), body["password"], bool(body.get("refresh", False))
