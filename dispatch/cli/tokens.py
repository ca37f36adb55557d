"""Machines' keys from the command line: which there are, and how one is withdrawn."""

from datetime import datetime

import click
from sqlalchemy.orm import Session

from config import load_settings
from dispatch.app import clock_of
from dispatch.cli.installation import opened
from dispatch.cli.output import json_option, say
from dispatch.domain.errors import N_, Refused
from dispatch.domain.roles import Actor, Role
from dispatch.services import sign_in
from dispatch.store.branches import Branch, any_branch
from dispatch.store.staff import ApiToken


@click.group()
def token() -> None:
    """API tokens of machines; `homeward user add --token` makes them."""


@token.command("list")
@json_option
def list_tokens(*, as_json: bool) -> None:
    """Show the tokens that are good: whom each acts for, and when it was last used."""
    with opened(load_settings()) as db, db.reading() as session:
        branch = _branch(session)
        found = sign_in.api_tokens_of_branch(session, branch.id)
        lines = [_line(one, branch) for one in found] or ["There are none."]
    say({"tokens": [_answer(one) for one in found]}, lines, as_json=as_json)


@token.command("revoke")
@click.argument("token_id", metavar="ID", type=click.IntRange(1, 2**31 - 1))
@json_option
def revoke(token_id: int, *, as_json: bool) -> None:
    """Withdraw the token with this ID of `homeward token list`: the next request with it is refused."""
    settings = load_settings()
    now = clock_of(settings)()
    with opened(settings) as db, db.transaction() as session:
        branch = _branch(session)
        found = sign_in.api_token(session, token_id, branch.id)
        by = Actor(0, "command line", branch.id, frozenset({Role.SYSTEM}))
        sign_in.revoke_api_token(session, found.staff, token_id, by, now)
    say(_answer(found), [f"Withdrawn: {found.label} ({found.staff.login})"], as_json=as_json)


def _branch(session: Session) -> Branch:
    branch = any_branch(session)
    if branch is None:
        raise Refused("not_set_up", N_("Open the service in a browser first: it leads through the set-up"))
    return branch


def _line(one: ApiToken, branch: Branch) -> str:
    used = _local(one.last_used_at, branch) if one.last_used_at else "never"
    return f"{one.id}  {one.staff.login}  {one.label}  made {_local(one.created_at, branch)}  last used {used}"


def _local(moment: datetime, branch: Branch) -> str:
    return f"{moment.astimezone(branch.zone):%Y-%m-%d %H:%M}"


def _answer(one: ApiToken) -> dict[str, object]:
    times = {name: getattr(one, name) for name in ("created_at", "last_used_at", "revoked_at")}
    told = {name: at.isoformat() if at else None for name, at in times.items()}
    return {"id": one.id, "login": one.staff.login, "label": one.label, **told}
