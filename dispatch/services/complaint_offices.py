"""What managers set for complaints: departments and their heads, reply templates, office hours and terms."""

from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain import reply_template
from dispatch.domain.complaint_clock import Terms
from dispatch.domain.errors import N_, Invalid, NotFound
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor, Permission
from dispatch.domain.working_time import OfficeHours
from dispatch.services import staff as people
from dispatch.services.announce import announce
from dispatch.services.complaint_clocks import hours_of, terms_of
from dispatch.store.branches import Branch
from dispatch.store.complaints import ComplaintRow
from dispatch.store.departments import ComplaintTerms, Department, ReplyTemplate
from dispatch.store.staff import Staff


@dataclass(frozen=True, slots=True)
class Wanted:
    """A department as it shall be."""

    name: str
    head_id: int
    active: bool = True


def keep_department(
    session: Session, wanted: Wanted, actor: Actor, now: datetime, *, department_id: int | None = None
) -> Department:
    """Found a department, or change one. Raises Invalid by field, NotFound for another branch's.

    Cases stay where they are; a new head has them from now on.
    """
    name = _named(wanted.name)
    head = session.get(Staff, wanted.head_id)
    if head is None or head.branch_id != actor.branch_id or not head.active:
        raise Invalid("staff_unknown", N_("There is no such staff member"), field="head_id")
    if not people.actor_of(session, head).may(Permission.COMPLAINT_FOLLOW):
        raise Invalid("head_role", N_("A head is a dispatcher, an agent or a manager"), field="head_id")
    row = Department(branch_id=actor.branch_id)
    if department_id is not None:
        row = _owned(session.get(Department, department_id), actor)
    _unique(session, Department, name, row.id, actor)
    row.name, row.head, row.active = name, head, wanted.active
    session.add(row)
    session.flush()
    data = {"department": name, "head": head.name, "active": wanted.active}
    announce(session, Event("department.change", data), actor, now, subject="department", subject_id=row.id)
    return row


def keep_template(
    session: Session, name: str, body: str, actor: Actor, now: datetime, *, template_id: int | None = None
) -> ReplyTemplate:
    """Write a reply template, or rewrite one. Raises Invalid by field, NotFound for another branch's."""
    row = ReplyTemplate(branch_id=actor.branch_id)
    if template_id is not None:
        row = _owned(session.get(ReplyTemplate, template_id), actor)
    tidy = _named(name)
    _unique(session, ReplyTemplate, tidy, row.id, actor)
    row.name, row.body, row.updated_at = tidy, reply_template.check(body), now
    session.add(row)
    session.flush()
    announce(session, Event("reply_template.change", {"name": tidy}), actor, now, subject="template", subject_id=row.id)
    return row


def drop_template(session: Session, template_id: int, actor: Actor, now: datetime) -> None:
    """Take a template away; replies written with it stay as they are. Raises NotFound."""
    row = _owned(session.get(ReplyTemplate, template_id), actor)
    session.delete(row)
    event = Event("reply_template.drop", {"name": row.name})
    announce(session, event, actor, now, subject="template", subject_id=template_id)


def set_terms(session: Session, hours: OfficeHours, terms: Terms, actor: Actor, now: datetime) -> None:
    """Set office hours and terms. Clocks that run keep the time they were given; when it is over follows the hours."""
    before = {**_told(hours_of(session, actor.branch_id)), **asdict(terms_of(session, actor.branch_id))}
    row = session.get(ComplaintTerms, actor.branch_id) or ComplaintTerms(branch_id=actor.branch_id)
    row.office_opens, row.office_closes = hours.opens, hours.closes
    row.lunch_from, row.lunch_until = hours.lunch_from, hours.lunch_until
    for name, value in asdict(terms).items():
        setattr(row, name, value)
    session.add(row)
    after = {**_told(hours), **asdict(terms)}
    changes = {name: [before[name], value] for name, value in after.items() if before[name] != value}
    if changes:
        event = Event("complaint_terms.change", {"changes": changes})
        announce(session, event, actor, now, subject="branch", subject_id=actor.branch_id)


def reply_of(session: Session, template: ReplyTemplate, case: ComplaintRow, actor: Actor) -> str:
    """A template filled in for a case."""
    branch = session.get_one(Branch, case.branch_id)
    return reply_template.filled(
        template.body,
        {
            "customer": case.contact_name,
            "number": case.number,
            "registered": f"{case.registered_at.astimezone(branch.zone):%Y-%m-%d}",
            "problem": case.problem,
            "company": branch.company_name,
            "phone": branch.phone,
            "agent": actor.name,
        },
    )


def _named(name: str) -> str:
    tidy = name.strip()
    if not tidy:
        raise Invalid("name_missing", N_("Please fill in this field"), field="name")
    if len(tidy) > 60:
        raise Invalid("name_long", N_("At most %(most)s characters"), field="name", most=60)
    return tidy


def _unique(
    session: Session, table: type[Department] | type[ReplyTemplate], name: str, own_id: int | None, actor: Actor
) -> None:
    taken = session.scalars(select(table.id).where(table.branch_id == actor.branch_id, table.name == name)).first()
    if taken is not None and taken != own_id:
        raise Invalid("name_taken", N_("There is one of this name already"), field="name")


def _owned(row: Any, actor: Actor) -> Any:
    if row is None or row.branch_id != actor.branch_id:
        raise NotFound("not_found", N_("There is no such entry"))
    return row


def _told(hours: OfficeHours) -> dict[str, str | None]:
    return {name: f"{at:%H:%M}" if isinstance(at, time) else None for name, at in asdict(hours).items()}
