"""The one-time set-up of a new installation: branch, first manager, sample tariff, working days."""

import re
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import text
from sqlalchemy.orm import Session

from contracts import forms
from dispatch.domain import phone
from dispatch.domain.errors import N_, Conflict, Invalid
from dispatch.domain.events import Event
from dispatch.domain.roles import Role
from dispatch.services import staff, tariffs, working_days
from dispatch.services.announce import announce
from dispatch.services.staff import NewStaff
from dispatch.store.branches import Branch, any_branch
from dispatch.store.staff import Staff

_LOCK = 0x46495253  # one key for the whole installation
_CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}")
FORMS = ("A", "B")


@dataclass(frozen=True, slots=True)
class FirstSetup:
    """What the first manager fills in. `code` begins the numbers of the branch's documents.

    `also` are roles the manager holds besides, in an office where one person does several jobs.
    """

    code: str
    name: str
    company_name: str
    city: str
    phone: str
    form: str
    manager_name: str
    login: str
    password: str
    timezone: str = "Asia/Shanghai"
    also: frozenset[Role] = frozenset()
    locale: str = "zh"


def is_needed(session: Session) -> bool:
    """Whether nobody has set this installation up."""
    return any_branch(session) is None


def first_setup(session: Session, wanted: FirstSetup, now: datetime) -> Staff:
    """Make the installation ready for work; answers the first manager.

    Raises Conflict when somebody else has set it up, Invalid by field.
    """
    # Two browsers on the set-up page: the second waits here, then finds the branch of the first.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if not is_needed(session):
        raise Conflict("already_set_up", N_("This installation is set up already: please sign in"))
    branch = _branch(wanted, now)
    session.add(branch)
    session.flush()
    roles = frozenset({Role.MANAGER}) | (wanted.also & {Role.DISPATCHER, Role.CARE})
    person = NewStaff(wanted.login, wanted.manager_name, roles, wanted.password, wanted.locale)
    manager = staff.create(session, person, branch.id, now)
    actor = staff.actor_of(session, manager)
    announce(session, Event("branch.setup", {"code": branch.code}), actor, now, subject="branch", subject_id=branch.id)
    document = (files("dispatch.tariffs") / f"form-{branch.form.lower()}.toml").read_text(encoding="utf-8")
    tariffs.publish(session, document, None, actor, now)
    working_days.seed(session, now)
    return manager


def _branch(wanted: FirstSetup, now: datetime) -> Branch:
    zone = _zone(wanted.timezone)
    if wanted.form not in FORMS:
        raise Invalid("form", N_("Choose agreement form A or B"), field="form")
    form_id: forms.FormId = "A" if wanted.form == "A" else "B"
    return Branch(
        code=_code(wanted.code),
        name=_text(wanted.name, "name", 80),
        company_name=_text(wanted.company_name, "company_name", 120),
        city=_text(wanted.city, "city", 40),
        phone=phone.display(phone.parse(wanted.phone, field="phone")),
        timezone=zone.key,
        form=wanted.form,
        clause_version=forms.in_force(form_id, now.astimezone(zone).date()).version,
    )


def _code(code: str) -> str:
    plain = code.strip().upper()
    if not _CODE.fullmatch(plain):
        raise Invalid(
            "branch_code", N_("A branch code has 2 to 8 letters or digits and begins with a letter, such as SR"),
            field="code",
        )  # fmt: skip
    return plain


def _text(value: str, field: str, most: int) -> str:
    plain = value.strip()
    if not 0 < len(plain) <= most:
        raise Invalid("text_length", N_("Please fill this in, with at most %(most)s characters"), field=field, most=most)
    return plain


def _zone(key: str) -> ZoneInfo:
    try:
        return ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid("timezone", N_("There is no such time zone"), field="timezone") from error
