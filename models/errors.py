"""Typed errors of the write path: each carries its HTTP status, a stable code and sentences for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from config.text import Text, text


class PlumblineError(Exception):
    """Something a person asked for cannot be done; nothing was changed.

    `text`: what is wrong and what would be right; `fields`: field or item code → what is wrong with it.
    """

    status = 400
    code = "bad_request"

    def __init__(self, message: Text, fields: Mapping[str, Text] | None = None) -> None:
        super().__init__(str(message))
        self.text = message
        self.fields: dict[str, Text] = dict(fields or {})


class Invalid(PlumblineError):
    """The values given break a rule; `fields` says which and why."""

    status = 422
    code = "invalid"


class NotAllowed(PlumblineError):
    """The actor holds no grant for this action on this row."""

    status = 403
    code = "not_allowed"


class NotFound(PlumblineError):
    """There is no such row within the actor's reach."""

    status = 404
    code = "not_found"


class WrongState(PlumblineError):
    """The record's state does not allow this step."""

    status = 409
    code = "wrong_state"


class Frozen(PlumblineError):
    """The record is published, closed or sealed and can no longer change."""

    status = 409
    code = "frozen"


class Stale(PlumblineError):
    """Someone saved the record since it was read.  `theirs`: what stands there now, `yours`: what was to be saved."""

    status = 409
    code = "stale"

    def __init__(self, version: int, theirs: Mapping[str, Any], yours: Mapping[str, Any]) -> None:
        super().__init__(
            text(
                "Someone else saved this record while you were editing it. "
                "Both versions are shown; nothing of yours is lost.",
                "在您编辑期间，他人已保存此记录。两个版本均已列出，您填写的内容没有丢失。",
            )
        )
        self.version, self.theirs, self.yours = version, dict(theirs), dict(yours)


class Refused(PlumblineError):
    """A batch (import, scheme, run) was refused; `findings` lists every reason with its place."""

    status = 422
    code = "refused"

    def __init__(self, message: Text, findings: list[Any]) -> None:
        super().__init__(message)
        self.findings = findings
