"""Who acts: the one thing that permissions, row scope and the audit trail go by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """A grant in force today: a role and how far it reaches (`unit_id`, `unit_path` for `subtree` and `unit`)."""

    role: str
    scope: str
    unit_id: int | None = None
    unit_path: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, or the system.

    `unit_id`, `unit_path`: the unit the person is on the roster of; `source`: screen, console, rest, command, job or
    system.
    """

    username: str
    user_id: int | None = None
    person_id: int | None = None
    unit_id: int | None = None
    unit_path: str | None = None
    grants: tuple[Held, ...] = ()
    source: str = "screen"
    address: str | None = None
    language: str = "en"
    is_system: bool = False

    @property
    def roles(self) -> frozenset[str]:
        """The codes of the roles held."""
        return frozenset(held.role for held in self.grants)


SYSTEM = Actor(username="system", source="system", is_system=True)
"""Migrations, seeding and sign-in."""
