"""What the base template asks for: who is here, where they may go, in which language, in which cycle."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import current_app, g, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import func, select

from models.access import may
from models.actor import Actor
from models.cycle import Cycle, Form
from views import context as here
from views.shell.i18n import HTML_CODES, LOCALES, OWN_NAMES, say, select_language
from views.shell.naming import initials, name_of, person_name
from views.shell.navigation import Section, menu


@dataclass(frozen=True, slots=True)
class Revision:
    """The version of the static files, part of their addresses."""

    value: str


@dataclass(frozen=True, slots=True)
class Language:
    """A language one can switch to."""

    label: str
    html_lang: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Period:
    """The cycle that runs now; `url`: its progress, None for those who may not see it."""

    label: str
    url: str | None


class Frame:
    """The `shell` of a page; everything is found out when it is first asked for."""

    @property
    def revision(self) -> str:
        """Goes into the addresses of static files, so that browsers never show old ones."""
        return str(current_app.extensions["plumbline_shell"].value)

    @property
    def html_lang(self) -> str:
        """The page's `lang`."""
        return HTML_CODES[select_language()]

    @cached_property
    def signed_in(self) -> bool:
        """Whether somebody is."""
        return bool(current_user and current_user.is_authenticated)

    @cached_property
    def actor(self) -> Actor | None:
        """Who is here; None before the sign-in."""
        return here.actor() if self.signed_in else None

    @cached_property
    def name(self) -> str:
        """The name of whoever is signed in."""
        return person_name(current_user.first_name or "", current_user.last_name or "") or current_user.username

    @property
    def initials(self) -> str:
        """Two signs for the badge."""
        return initials(self.name)

    @cached_property
    def roles(self) -> list[str]:
        """The names of the roles held."""
        known = here.platform().metadata.roles
        return [say(known[code].label) for code in known if self.actor and code in self.actor.roles]

    @property
    def languages(self) -> list[Language]:
        """Every language, the current one marked."""
        now = select_language()
        return [
            Language(OWN_NAMES[code][0], HTML_CODES[code], url_for("language.choose", code=code), code == now)
            for code in LOCALES
        ]

    @property
    def here(self) -> str:
        """The address to come back to after a change of language; a form that was posted is not repeated."""
        path = request.full_path if request.query_string else request.path
        return request.script_root + path if request.method == "GET" else self.home_url

    @property
    def home_url(self) -> str:
        """The start page."""
        return f"{request.script_root}/"

    @property
    def sign_in_url(self) -> str:
        """Where one signs in."""
        return f"{request.script_root}/login/"

    @property
    def sign_out_url(self) -> str:
        """Where the sign-out form goes."""
        return f"{request.script_root}/logout/"

    @property
    def search_url(self) -> str:
        """Where the search box asks."""
        return url_for("search.results")

    @property
    def account_links(self) -> list[tuple[str, str]]:
        """What one may do about one's own sign-in."""
        endpoint = "ResetMyPasswordView.this_form_get"
        if endpoint not in current_app.view_functions:
            return []
        return [(gettext("Change password"), url_for(endpoint))]

    @cached_property
    def menu(self) -> list[Section]:
        """The navigation of whoever is signed in."""
        if self.actor is None:
            return []
        return menu(self.actor, here.platform().metadata, {"/forms/": self.waiting})

    @cached_property
    def waiting(self) -> int:
        """How many forms wait for the actor: to be filled in, or to be decided on."""
        metadata = here.platform().metadata
        if self.actor is None:
            return 0
        states = {"draft", "returned"} if may(self.actor, metadata, "form", "fill") else set()
        states |= {"submitted"} if may(self.actor, metadata, "form", "approve") else set()
        if not states:
            return 0
        return here.session().scalar(select(func.count()).select_from(Form).where(Form.state.in_(states))) or 0

    @cached_property
    def cycle(self) -> Period | None:
        """The newest open cycle, for those who may see cycles."""
        if self.actor is None or not may(self.actor, here.platform().metadata, "cycle", "list"):
            return None
        found = (
            here.session()
            .scalars(select(Cycle).where(Cycle.state == "open").order_by(Cycle.end_on.desc()).limit(1))
            .first()
        )
        if found is None:
            return None
        sees_progress = may(self.actor, here.platform().metadata, "form", "list")
        return Period(name_of(found), url_for("cycles.progress", cycle_id=found.id) if sees_progress else None)


def context() -> dict[str, Any]:
    """The template context of every page: one `shell` a request."""
    if "plumbline_frame" not in g:
        g.plumbline_frame = Frame()
    return {"shell": g.plumbline_frame}
