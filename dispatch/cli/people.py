"""People from the command line: for the first account of a machine, or when nobody can sign in any more."""

import click

from config import load_settings
from dispatch.app import clock_of
from dispatch.cli.installation import opened
from dispatch.cli.output import json_option, say
from dispatch.domain.errors import N_, Refused
from dispatch.domain.roles import STAFF_ROLES, Role
from dispatch.services import sign_in, staff
from dispatch.store.branches import any_branch

ROLES = [role.value for role in STAFF_ROLES if role is not Role.DRIVER]  # a driver without papers could do nothing


@click.group()
def user() -> None:
    """Staff accounts."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice(ROLES),
    help="May be given several times. Drivers with badge and papers are added on the page Drivers.",
)  # fmt: skip
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when not given.")
@click.option("--token", is_flag=True, help="Make an API token for a machine acting as this person, too.")
@json_option
def add(login: str, *, name: str, roles: tuple[str, ...], password: str, token: bool, as_json: bool) -> None:
    """Add somebody who signs in as LOGIN."""
    settings = load_settings()
    now = clock_of(settings)()
    with opened(settings) as db, db.transaction() as session:
        branch = any_branch(session)
        if branch is None:
            raise Refused("not_set_up", N_("Open the service in a browser first: it leads through the set-up"))
        held = frozenset(Role(role) for role in roles)
        person = staff.new(session, branch.id, now, login=login, name=name, roles=held, password=password)
        secret = sign_in.create_api_token(session, person, "command line", now) if token else None
    answer = {"id": person.id, "login": person.login, "roles": person.roles, "token": secret}
    lines = [f"{person.login} can sign in at {settings.base_url}"]
    say(answer, [*lines, *([f"API token, shown once: {secret}"] if secret else [])], as_json=as_json)
