"""`user`: sign-ins from the shell, for the first administrator and for emergencies."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import text
from models.account import Account, Grant
from models.actor import SYSTEM
from models.errors import Invalid, NotFound
from models.operations.accounts import create_account, set_password
from models.operations.records import delete_record, save_record
from views.commands.session import installation
from views.security.passwords import hash_password, new_password, password_problem


@click.group("user", help="Manage sign-ins.")
def command() -> None:
    """The commands about sign-ins."""


@command.command("add", help="Add the sign-in NAME; its password is made and printed unless given on standard input.")
@click.argument("name")
@click.option("--first-name", help="Given name.")
@click.option("--last-name", help="Family name.")
@click.option("--email", required=True, help="Mail address.")
@click.option("--give", multiple=True, metavar="ROLE:SCOPE[:UNIT]", help="A role, for example liaison:unit:BUDGET.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from standard input.")
def add(
    name: str, first_name: str | None, last_name: str | None, email: str, give: tuple[str, ...], from_stdin: bool
) -> None:
    """Add a sign-in with its first roles, all or nothing."""
    with _system_session() as session:
        password = _password(name, from_stdin)
        values = {
            "username": name,
            "first_name": first_name or name,
            "last_name": last_name or name,
            "email": email,
            "active": True,
        }
        create_account(session, values, hash_password(password), [_asked(grant) for grant in give])
        _tell(name, password, from_stdin)


@command.command("password", help="Set a new password for NAME; every session of it ends.")
@click.argument("name")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from standard input.")
def change_password(name: str, from_stdin: bool) -> None:
    """Replace the password."""
    with _system_session() as session:
        account = _account(session, name)
        password = _password(name, from_stdin)
        set_password(session, account.id, hash_password(password), account.version)
        _tell(name, password, from_stdin)


@command.command("roles", help="Give or take the roles of NAME, and show what it has then.")
@click.argument("name")
@click.option("--give", multiple=True, metavar="ROLE:SCOPE[:UNIT]", help="A role, for example liaison:unit:BUDGET.")
@click.option("--take", multiple=True, metavar="ROLE", help="Take every grant of this role away.")
def roles(name: str, give: tuple[str, ...], take: tuple[str, ...]) -> None:
    """Change and show the grants of a sign-in."""
    with _system_session() as session:
        account_id = _account(session, name).id
        for held in [(grant.id, grant.version) for grant in _grants(session, account_id) if grant.role in take]:
            delete_record(session, "grant", *held)
        for asked in give:
            save_record(session, "grant", None, {**_asked(asked), "user": account_id}, None)
        for grant in _grants(session, account_id):
            click.echo(f"{grant.role}: {grant.scope}{f' of {grant.unit.code}' if grant.unit else ''}")


@contextmanager
def _system_session() -> Iterator[Session]:
    with installation() as platform, platform.database.session(SYSTEM) as session:
        yield session


def _asked(grant: str) -> dict[str, str | None]:
    """`ROLE:SCOPE[:UNIT]` as the fields of a grant."""
    role, _, rest = grant.partition(":")
    scope, _, unit = rest.partition(":")
    return {"role": role, "scope": scope, "unit": unit or None}


def _grants(session: Session, account_id: int) -> list[Grant]:
    return list(session.scalars(select(Grant).where(Grant.user_id == account_id).order_by(Grant.id)))


def _account(session: Session, name: str) -> Account:
    found = session.scalars(select(Account).where(Account.username == name)).one_or_none()
    if found is None:
        raise NotFound(text("There is no sign-in “{name}”.", "没有登录账号“{name}”。", name=name))
    return found


def _password(name: str, from_stdin: bool) -> str:
    password = sys.stdin.readline().rstrip("\n") if from_stdin else new_password()
    if problem := password_problem(password, name):
        raise Invalid(problem)
    return password


def _tell(name: str, password: str, from_stdin: bool) -> None:
    click.echo(f"{name}: saved" if from_stdin else f"{name}: {password}")
