"""Deadlines in words: how long there is still time, and how urgent that is."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from views.context import platform
from views.shell.formats import local_day, moment

SOON = timedelta(days=3)


def due_text(due_at: datetime) -> str:
    """`Due in 3 days · 8 Jan 18:00`; `Late since 8 Jan 18:00`."""
    now = platform().clock.now()
    when = moment(due_at, short=True)
    if due_at < now:
        return _("Late since %(when)s", when=when)
    days = (local_day(due_at) - local_day(now)).days
    if days == 0:
        return _("Due today · %(when)s", when=when)
    return ngettext("Due in %(num)d day · %(when)s", "Due in %(num)d days · %(when)s", days, when=when)


def due_tone(due_at: datetime) -> str:
    """The tone of a deadline's chip: in time, soon, late."""
    left = due_at - platform().clock.now()
    if left < timedelta(0):
        return "bad"
    return "warn" if left <= SOON else ""
