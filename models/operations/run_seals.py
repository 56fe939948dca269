"""The code that an exported workbook of a run carries: nobody without the installation's key can make one up."""

from __future__ import annotations

import hashlib
import hmac
import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.result import Run, Total

PURPOSE = "plumbline results workbook 1"
PREFIX = "PL"
_GROUP, _LENGTH = 4, 32
_CODE = re.compile(rf"{PREFIX}-(\d{{1,9}})((?:-[0-9A-F]{{{_GROUP}}}){{{_LENGTH // _GROUP}}})")


def run_code(session: Session, run: Run) -> str:
    """`PL-12-7F3A-…`: the run's id, and a keyed digest (HMAC-SHA-256, 128 bits) over its id and both its hashes."""
    content = "\n".join((PURPOSE, str(run.id), run.input_hash, run.result_hash))
    digest = hmac.new(session.info["audit_key"], content.encode(), hashlib.sha256).hexdigest()[:_LENGTH].upper()
    groups = [digest[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP)]
    return "-".join((PREFIX, str(run.id), *groups))


def run_id_of(code: str) -> int | None:
    """The id of the run that a code names; None when it is no code at all."""
    match = _CODE.fullmatch(code.strip().upper())
    return int(match.group(1)) if match else None


def is_genuine(session: Session, run: Run, code: str) -> bool:
    """Whether this installation gave out `code` for `run` as it is stored."""
    return hmac.compare_digest(run_code(session, run), code.strip().upper())


def participant_count(session: Session, run: Run) -> int:
    """How many participants a run has, whether or not the actor may see them: a number, no rows."""
    query = select(func.count()).select_from(Total).where(Total.run_id == run.id)
    return session.scalar(query.execution_options(skip_scope=True)) or 0
