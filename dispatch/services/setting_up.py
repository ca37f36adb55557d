"""The first visit to a new installation: one branch, its first manager, its tariff and its calendar."""

import re
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.domain import phone, typed
from dispatch.domain.errors import N_, Invalid, NotFound
from dispatch.domain.events import Event
from dispatch.domain.roles import Role
from dispatch.services import staff, tariffs, working_days
from dispatch.services.announce import announce
from dispatch.store.branches import Branch, any_branch
from dispatch.store.staff import Staff


@dataclass(frozen=True, slots=True)
class Setup:
    """What the first manager is asked. `area_code` lets local numbers be dialled without it."""

    code: str
    branch_name: str
    company_name: str
    city: str
    phone: str
    form: str
    manager_name: str
    login: str
    password: str
    roles: frozenset[Role] = frozenset({Role.MANAGER})
    area_code: str = ""
    timezone: str = "Asia/Shanghai"


def is_set_up(session: Session) -> bool:
    """Whether there is a branch."""
    return any_branch(session) is not None


def first_setup(session: Session, setup: Setup, now: datetime) -> Staff:
    """Make the branch and its first manager; publish the form's sample tariff; fill in the working days.

    Once only: raises NotFound afterwards, as if there had never been a set-up. Raises Invalid by field.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE branch IN EXCLUSIVE MODE"))  # of two first managers, the second waits
    if is_set_up(session):
        raise NotFound("set_up_already", N_("This installation is already set up: please sign in"))
    branch = _branch(setup)
    session.add(branch)
    session.flush()
    manager = staff.new(
        session,
        branch.id,
        now,
        login=setup.login,
        name=setup.manager_name,
        roles=setup.roles | {Role.MANAGER},
        password=setup.password,
    )
    actor = staff.actor_of(session, manager)
    event = Event("branch.setup", {"code": branch.code, "form": branch.form})
    announce(session, event, actor, now, subject="branch", subject_id=branch.id)
    tariffs.publish(session, sample_tariff(setup.form), None, actor, now)
    working_days.seed(session, now)
    return manager


def sample_tariff(form: str) -> str:
    """The document that comes with the service for a form; a manager publishes the company's own in its place."""
    return (files("dispatch") / "tariffs" / f"form-{form.lower()}.toml").read_text(encoding="utf-8")


def _branch(setup: Setup) -> Branch:
    local = phone.area_code(setup.area_code)
    if not re.fullmatch(r"[A-Z0-9]{1,8}", setup.code):
        raise Invalid("branch_code", N_("A branch code has 1 to 8 capital letters or digits"), field="code")
    try:
        ZoneInfo(setup.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid("timezone", N_("There is no such time zone"), field="timezone") from error
    if setup.form not in {"A", "B"}:
        raise Invalid("form", N_("Please choose one of the answers"), field="form")
    return Branch(
        code=setup.code,
        name=typed.line(setup.branch_name, "branch_name", 80),
        company_name=typed.line(setup.company_name, "company_name", 120),
        city=typed.line(setup.city, "city", 40),
        phone=phone.parse(setup.phone, area_code=local or None),
        area_code=local,
        timezone=setup.timezone,
        form=setup.form,
    )
