"""What holds for one entity beyond its fields: dates in order, trees without cycles, only drafts change.

A rule reads a `Change` and refuses fields of it.  `prepare` fills in what can be known before the fields are checked;
`check` looks at the finished values; `complete` sets columns that nobody types.  Rules ask the database only through
`Change.lookup`, so that an import of many rows can fetch what they need beforehand.
"""

from __future__ import annotations

from models.operations.rules import account, cycle, organization, result, scheme, setting
from models.operations.rules.change import Change, Rule

RULES: dict[str, Rule] = {
    **organization.RULES,
    **scheme.RULES,
    **cycle.RULES,
    **result.RULES,
    **account.RULES,
    **setting.RULES,
}
"""Entity → its rule; most entities need none."""


def prepare(change: Change) -> None:
    """Fill in what follows from what was given."""
    if change.entity in RULES:
        RULES[change.entity].prepare(change)


def check(change: Change) -> None:
    """Refuse fields whose values break a rule of the entity."""
    if change.entity in RULES:
        RULES[change.entity].check(change)


def complete(change: Change) -> None:
    """Set the columns that nobody types."""
    if change.entity in RULES:
        RULES[change.entity].complete(change)


__all__ = ["RULES", "Change", "Rule", "check", "complete", "prepare"]
