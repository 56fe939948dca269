"""How a refusal is said to people: with the names that metadata gives the entity and the action."""

from __future__ import annotations

from config.metadata.spec import ACTION_LABELS, Metadata
from config.text import Text, text
from models.errors import NotAllowed


def not_allowed(metadata: Metadata, entity: str, action: str) -> NotAllowed:
    """The error for an actor who holds no grant for `action` on a row of `entity`."""
    spec = metadata.entities.get(entity)
    named: Text | str = spec.label if spec else entity
    actions = spec.actions if spec else ACTION_LABELS
    return NotAllowed(
        text(
            "You are not allowed to do this here: {action} ({entity}).",
            "您没有在此执行该操作的权限：{action}（{entity}）。",
            action=actions.get(action, action),
            entity=named,
        )
    )
