"""Staff: who they are to the rules, adding and changing them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch.domain import typed
from dispatch.domain.errors import N_, Conflict, Invalid, NotFound, Refused
from dispatch.domain.events import Event
from dispatch.domain.roles import STAFF_ROLES, Actor, Role
from dispatch.services import passwords, sign_in, totp
from dispatch.services.announce import announce
from dispatch.store.branches import Branch
from dispatch.store.db import savepoint
from dispatch.store.drivers import Driver
from dispatch.store.staff import Staff


def actor_of(session: Session, person: Staff) -> Actor:
    """Somebody signed in, as the rules see them; a driver's own file is looked up."""
    roles = person.role_set
    driver_id = None
    if Role.DRIVER in roles:
        driver_id = session.scalar(select(Driver.id).where(Driver.staff_id == person.id))
    return Actor(person.id, person.name, person.branch_id, roles, driver_id)


def must_enrol(person: Staff) -> bool:
    """Whether somebody may do nothing before setting up the authenticator app that the branch asks of managers."""
    return person.branch.totp_for_managers and Role.MANAGER in person.role_set and person.totp_secret is None


def add(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    login: str,
    name: str,
    roles: frozenset[Role],
    password: str,
    locale: str = "zh",
) -> Staff:
    """Add somebody of the office. Raises Invalid by field, Conflict when the sign-in name is taken."""
    if Role.DRIVER in roles:
        raise _needs_file()
    person = new(session, actor.branch_id, now, login=login, name=name, roles=roles, password=password, locale=locale)
    _tell(session, "staff.add", person, actor, now)
    return person


def new(
    session: Session,
    branch_id: int,
    now: datetime,
    *,
    login: str,
    name: str,
    roles: frozenset[Role],
    password: str,
    locale: str = "zh",
) -> Staff:
    """A checked row, not yet told to the journal."""
    plain = login.strip().lower()
    if not plain or len(plain) > 64 or any(c.isspace() for c in plain):
        raise Invalid("login", N_("A sign-in name has 1 to 64 characters and no spaces"), field="login")
    _check_roles(roles)
    passwords.check(password, plain)
    person = Staff(
        branch_id=branch_id,
        login=plain,
        name=typed.line(name, "name", 80),
        roles=sorted(role.value for role in roles),
        password_hash=passwords.digest(password),
        locale=locale,
        created_at=now,
    )
    try:
        with savepoint(session):
            session.add(person)
            session.flush()
    except IntegrityError as error:
        raise Conflict("login_taken", N_("The sign-in name %(login)s is taken"), login=plain) from error
    return person


def find(session: Session, staff_id: int, actor: Actor) -> Staff:
    """A colleague of the actor's branch. Raises NotFound."""
    person = session.get(Staff, staff_id)
    if person is None or person.branch_id != actor.branch_id:
        raise NotFound("staff_unknown", N_("There is nobody of that name"))
    return person


def change(
    session: Session,
    staff_id: int,
    actor: Actor,
    now: datetime,
    *,
    name: str,
    roles: frozenset[Role],
    active: bool,
) -> Staff:
    """Change name, roles, or whether somebody may sign in. A manager cannot lock themselves out.

    Raises Refused when no manager would be left: two who take each other's access away at once queue here.
    """
    session.execute(select(Branch.id).where(Branch.id == actor.branch_id).with_for_update())
    person = find(session, staff_id, actor)
    session.refresh(person)
    _check_roles(roles)
    if (Role.DRIVER in roles) != (Role.DRIVER in person.role_set):
        raise _needs_file()
    if person.id == actor.id and not (active and Role.MANAGER in roles):
        raise Refused("own_access", N_("Ask another manager to take away your own access"))
    person.name, person.active = typed.line(name, "name", 80), active
    person.roles = sorted(role.value for role in roles)
    session.flush()
    _check_manager_left(session, actor.branch_id)
    if not active:
        sign_in.revoke_all(session, person.id)
    _tell(session, "staff.change", person, actor, now)
    return person


def set_password(session: Session, staff_id: int, password: str, actor: Actor, now: datetime) -> None:
    """A manager gives somebody a new password; their sessions end."""
    person = find(session, staff_id, actor)
    passwords.check(password, person.login)
    person.password_hash = passwords.digest(password)
    sign_in.revoke_all(session, person.id)
    _tell(session, "staff.password_set", person, actor, now)


def change_own_password(session: Session, actor: Actor, old: str, new_password: str, now: datetime) -> None:
    """Change one's own password, knowing the old one; every session ends."""
    person = find(session, actor.id, actor)
    if not passwords.matches(person.password_hash, old):
        raise Invalid("password_wrong", N_("This is not your present password"), field="old")
    passwords.check(new_password, person.login, field="new")
    person.password_hash = passwords.digest(new_password)
    sign_in.revoke_all(session, person.id)
    _tell(session, "staff.password_change", person, actor, now)


def set_locale(session: Session, actor: Actor, locale: str) -> None:
    """Keep the language somebody chose."""
    if locale in {"zh", "en"}:
        find(session, actor.id, actor).locale = locale


def set_totp(session: Session, actor: Actor, secret: str, code: str, now: datetime) -> None:
    """Ask for codes of an authenticator app from now on, once one has been shown to be right."""
    if not totp.matches(secret, code, now):
        raise Invalid("code_wrong", N_("Please enter the current code of your authenticator app"), field="code")
    person = find(session, actor.id, actor)
    person.totp_secret = secret
    _tell(session, "staff.totp_set", person, actor, now)


def clear_totp(session: Session, staff_id: int, actor: Actor, now: datetime) -> None:
    """A manager helps somebody whose phone is lost."""
    person = find(session, staff_id, actor)
    person.totp_secret = None
    sign_in.revoke_all(session, person.id)
    _tell(session, "staff.totp_cleared", person, actor, now)


def _check_roles(roles: frozenset[Role]) -> None:
    if not roles or not roles <= set(STAFF_ROLES):
        raise Invalid("roles", N_("Choose at least one role"), field="roles")


def _needs_file() -> Invalid:
    return Invalid("driver_by_file", N_("A driver is added with the driver's file"), field="roles")


def _check_manager_left(session: Session, branch_id: int) -> None:
    active = session.scalars(select(Staff).where(Staff.branch_id == branch_id, Staff.active)).unique()
    if not any(Role.MANAGER in person.role_set for person in active):
        raise Refused("last_manager", N_("The branch needs a manager who can sign in"))


def _tell(session: Session, what: str, person: Staff, actor: Actor, now: datetime) -> None:
    event = Event(what, {"login": person.login, "roles": person.roles, "active": person.active})
    announce(session, event, actor, now, subject="staff", subject_id=person.id)
