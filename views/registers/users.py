"""Sign-ins: made with a person, a password and the first grant in one form; a new password on the edit form."""

from __future__ import annotations

from typing import Any

from flask import flash, g, request
from flask_babel import gettext as _

from config.text import text
from models.errors import Invalid, PlumblineError, Stale
from models.operations.accounts import change_account, create_account
from models.specs import MergedSpec
from views.context import platform, session
from views.errors import say
from views.records.fields import RecordField
from views.records.forms import RecordForm, form_class
from views.records.pages import Extras
from views.records.saving import Saved
from views.registers.view import RegisterView
from views.security.passwords import hash_password, new_password, password_problem

GRANT_FIELDS = ("role", "scope", "unit")


class UserView(RegisterView):
    """The register of sign-ins."""

    def extras(self, record: Any = None) -> Extras:
        """The form asks for a password, and for the first grant of a new sign-in."""
        endpoint = str(request.endpoint).rpartition(".")[2]
        if endpoint not in {"add", "edit"}:
            return Extras()
        grant = _grant_form() if record is None else None
        context = {"grant": grant, "password_error": g.get("password_error")}
        return Extras(template="registers/user_form.html", context=context)

    def save(self, form: RecordForm, record: Any) -> Saved:
        """Write the sign-in with its password and grant, all or nothing."""
        try:
            password, generated = _password(form, needed=record is None)
            if record is None:
                saved = create_account(session(), form.values(), hash_password(password or ""), _grant_values())
            else:
                hashed = hash_password(password) if password else None
                saved = change_account(session(), record.id, form.values(record), form.version_read(), hashed)
        except Stale as error:
            return Saved(stale=error)
        except PlumblineError as error:
            form.show_errors(error)
            _show_errors_beside(form, error)
            return Saved()
        if generated:
            flash(
                _(
                    "The password of %(name)s is %(password)s – it is shown this once only.",
                    name=saved.username,
                    password=password,
                ),
                "ok",
            )
        return Saved(saved)


def _password(form: RecordForm, *, needed: bool) -> tuple[str | None, bool]:
    """The password typed, or one made at random when that was asked for; whether it was made.  Raises Invalid."""
    typed = request.form.get("password", "")
    if not typed and (needed or request.form.get("generate")):
        return new_password(), True
    if not typed:
        return None, False
    problem = password_problem(typed, form["username"].typed)
    if problem is not None:
        raise Invalid(text("The password will not do.", "密码不符合要求。"), {"password": problem})
    return typed, False


def _grant_values() -> list[dict[str, Any]]:
    """The first grant as it was entered; none when no role was chosen."""
    form = _grant_form()
    values = {name: form[name].value for name in GRANT_FIELDS}
    if not values["role"]:
        return []
    return [values if values["scope"] in {"subtree", "unit"} else values | {"unit": ""}]


def _show_errors_beside(form: RecordForm, error: PlumblineError) -> None:
    """Put the problems of the password and the grant beside their inputs, too."""
    if "password" in error.fields:
        g.password_error = say(error.fields["password"])
    for name, told in error.fields.items():
        if name in GRANT_FIELDS and request.endpoint and request.endpoint.endswith(".add"):
            _grant_form()[name].errors = [say(told)]
            form.problems = [line for line in form.problems if line != say(told)]


def _grant_form() -> RecordForm:
    """The inputs of the first grant; one a request, so that its errors stay with it."""
    if "grant_form" not in g:
        spec: MergedSpec = platform().specs["grant"]
        form = form_class(spec)(data={"scope": ""})
        for name, field in list(form._fields.items()):
            if isinstance(field, RecordField) and name not in GRANT_FIELDS:
                del form[name]
        g.grant_form = form
    return g.grant_form  # type: ignore[no-any-return]
