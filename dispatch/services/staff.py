"""Staff: who may sign in, as what. A driver is added with their file (`driver_files`)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_, Invalid, NotFound, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import STAFF_ROLES, Actor, Role
from dispatch.services import passwords, sign_in
from dispatch.services.announce import announce
from dispatch.store.branches import Branch
from dispatch.store.db import savepoint
from dispatch.store.drivers import Driver
from dispatch.store.staff import Staff

LOCALES = ("zh", "en")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")


@dataclass(frozen=True, slots=True)
class NewStaff:
    """Somebody who is to sign in."""

    login: str
    name: str
    roles: frozenset[Role]
    password: str
    locale: str = "zh"


@dataclass(frozen=True, slots=True)
class StaffEdit:
    """What a manager changes; None leaves as it is. A new password signs the person out everywhere."""

    name: str | None = None
    roles: frozenset[Role] | None = None
    active: bool | None = None
    locale: str | None = None
    password: str | None = None


def actor_of(session: Session, person: Staff) -> Actor:
    """The staff member as the rules see them."""
    driver_id = None
    if Role.DRIVER in person.role_set:
        driver_id = session.scalar(select(Driver.id).where(Driver.staff_id == person.id))
    return Actor(person.id, person.name, person.branch_id, person.role_set, driver_id)


def find(session: Session, staff_id: int, actor: Actor) -> Staff:
    """A staff member of the actor's branch. Raises NotFound."""
    person = session.get(Staff, staff_id)
    if person is None or person.branch_id != actor.branch_id:
        raise NotFound("staff_unknown", N_("There is no such staff member"))
    return person


def add(session: Session, new: NewStaff, actor: Actor, now: datetime) -> Staff:
    """Add somebody of the office. Raises Invalid by field: sign-in name taken, password too easy, no role."""
    _check_office_roles(new.roles)
    person = create(session, new, actor.branch_id, now)
    _tell(session, "add", person, actor, now, roles=person.roles)
    return person


def create(session: Session, new: NewStaff, branch_id: int, now: datetime) -> Staff:
    """Store a checked staff member; for `add`, for drivers with their file, and for the first manager."""
    login = new.login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise Invalid(
            "login_format", N_("A sign-in name has 2 to 64 letters, digits or . _ @ -, such as li.ming"), field="login"
        )
    passwords.check(new.password, login)
    person = Staff(
        branch_id=branch_id,
        login=login,
        name=checked_name(new.name),
        roles=_sorted(new.roles),
        password_hash=passwords.digest(new.password),
        locale=_locale(new.locale),
        created_at=now,
    )
    try:
        with savepoint(session):
            session.add(person)
            session.flush()
    except IntegrityError as error:
        raise Invalid("login_taken", N_("This sign-in name is taken"), field="login") from error
    return person


def edit(session: Session, staff_id: int, change: StaffEdit, actor: Actor, now: datetime) -> Staff:
    """Change somebody's name, roles, language, access or password.

    Raises Refused when no manager would be left who can sign in.
    """
    # Two managers who take each other's role away at once would leave the branch without one.
    session.execute(select(Branch.id).where(Branch.id == actor.branch_id).with_for_update())
    person = find(session, staff_id, actor)
    if change.name is not None:
        person.name = checked_name(change.name)
    if change.locale is not None:
        person.locale = _locale(change.locale)
    if change.roles is not None and change.roles != person.role_set:
        _change_roles(person, change.roles)
    if change.active is not None:
        person.active = change.active
    if change.password is not None:
        passwords.check(change.password, person.login)
        person.password_hash = passwords.digest(change.password)
    session.flush()
    _check_manager_left(session, actor.branch_id)
    if change.password is not None or not person.active:
        sign_in.revoke_all(session, person.id)
    data = {"roles": person.roles, "active": person.active, "password_changed": change.password is not None}
    _tell(session, "edit", person, actor, now, **data)
    return person


def change_password(
    session: Session, staff_id: int, old: str, new: str, actor: Actor, now: datetime, *, keep: str
) -> None:
    """Change one's own password; every session but the one with the token `keep` ends. Raises Invalid by field."""
    person = find(session, staff_id, actor)
    if not passwords.matches(person.password_hash, old):
        raise Invalid("password_wrong", N_("The present password is not right"), field="old_password")
    passwords.check(new, person.login)
    person.password_hash = passwords.digest(new)
    sign_in.revoke_all(session, person.id, keep=keep)
    _tell(session, "password", person, actor, now)


def checked_name(name: str) -> str:
    """A person's name without blanks around it. Raises Invalid."""
    plain = name.strip()
    if not 0 < len(plain) <= 80:
        raise Invalid("name_length", N_("A name has 1 to 80 characters"), field="name")
    return plain


def _change_roles(person: Staff, roles: frozenset[Role]) -> None:
    was_driver = Role.DRIVER in person.role_set
    if (Role.DRIVER in roles) != was_driver:
        raise Invalid("driver_by_file", N_("A driver is added with the driver's file"), field="roles")
    if not was_driver:
        _check_office_roles(roles)
    person.roles = _sorted(roles)


def _check_office_roles(roles: frozenset[Role]) -> None:
    if not roles or not roles <= frozenset(STAFF_ROLES):
        raise Invalid("roles_missing", N_("Choose at least one role"), field="roles")
    if Role.DRIVER in roles:
        raise Invalid("driver_by_file", N_("A driver is added with the driver's file"), field="roles")


def _check_manager_left(session: Session, branch_id: int) -> None:
    active = session.scalars(select(Staff).where(Staff.branch_id == branch_id, Staff.active)).unique()
    if not any(Role.MANAGER in person.role_set for person in active):
        raise Refused("last_manager", N_("The branch needs a manager who can sign in"))


def _locale(locale: str) -> str:
    if locale not in LOCALES:
        raise Invalid("locale", N_("Choose Chinese or English"), field="locale")
    return locale


def _sorted(roles: Iterable[Role]) -> list[str]:
    return [role.value for role in STAFF_ROLES if role in set(roles)]


def _tell(session: Session, what: str, person: Staff, actor: Actor, now: datetime, **data: object) -> None:
    event = Event(f"staff.{what}", {"login": person.login, **data})
    announce(session, event, actor, now, subject="staff", subject_id=person.id)
