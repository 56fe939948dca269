"""What every installation starts with: the settings that exist, each at its default."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.metadata import Metadata
from config.site import BY_CODE
from models.operations.unit_of_work import unit_of_work
from models.setting import Setting


@unit_of_work
def seed_baseline(session: Session, metadata: Metadata) -> int:
    """Add every setting of the catalogue that the database does not hold yet; how many were added.

    `session`: of the system.  Safe to repeat: what an administrator changed stays.
    """
    known = metadata.entities["setting"].fields["code"].choices or {}
    present = set(session.scalars(select(Setting.code)))
    missing = [code for code in known if code not in present]
    session.add_all(Setting(code=code, value=BY_CODE[code].default) for code in missing)
    session.flush()
    return len(missing)
