"""What managers set for complaints: departments and their heads, reply templates, office hours and terms."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.domain import phone, reply_template
from dispatch.domain.complaint_clock import Terms
from dispatch.domain.errors import N_, Invalid, NotFound
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor, Permission
from dispatch.domain.telling import Occasion, Telling
from dispatch.domain.working_time import OfficeHours
from dispatch.services import staff as people
from dispatch.services.announce import announce
from dispatch.services.complaint_clocks import hours_of, terms_of
from dispatch.services.complaint_texts import case_words, telling_of
from dispatch.store.branches import Branch
from dispatch.store.complaints import ComplaintRow
from dispatch.store.departments import ComplaintTerms, Department, ReplyTemplate
from dispatch.store.staff import Staff


@dataclass(frozen=True, slots=True)
class Wanted:
    """A department as it shall be; `phone` (as typed, or '') is where its head is sent text messages."""

    name: str
    head_id: int
    active: bool = True
    phone: str = ""


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
    row.name, row.head, row.active, row.phone = name, head, wanted.active, _mobile(wanted.phone, "phone")
    session.add(row)
    session.flush()
    data = {"department": name, "head": head.name, "active": wanted.active}
    announce(session, Event("department.change", data), actor, now, subject="department", subject_id=row.id)
    return row


def keep_template(
    session: Session, name: str, body: str, actor: Actor, now: datetime, *,
    template_id: int | None = None, occasion: Occasion | None = None,
) -> ReplyTemplate:  # fmt: skip
    """Write a reply template, or rewrite one; with an occasion it goes out then, by itself.

    Raises Invalid by field, NotFound for another branch's.
    """
    row = ReplyTemplate(branch_id=actor.branch_id)
    if template_id is not None:
        row = _owned(session.get(ReplyTemplate, template_id), actor)
    tidy = _named(name)
    _unique(session, ReplyTemplate, tidy, row.id, actor)
    other = _of_occasion(session, occasion, actor)
    if other is not None and other != row.id:
        raise Invalid("occasion_taken", N_("Another template goes out on this occasion"), field="occasion")
    text = reply_template.check(body, known=reply_template.OF_OCCASION[occasion])
    row.name, row.body, row.occasion, row.updated_at = tidy, text, occasion, now
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


def set_terms(
    session: Session, hours: OfficeHours, terms: Terms, actor: Actor, now: datetime, *, telling: Telling | None = None
) -> None:
    """Set office hours, terms, and (when given) whom the branch tells. Raises Invalid (field `managers_phone`).

    Clocks that run keep the time they were given; when it is over follows the hours.
    """
    before = _all_terms(session, actor.branch_id)
    told = telling or telling_of(session, actor.branch_id)
    told = replace(told, managers_phone=_mobile(told.managers_phone, "managers_phone"))
    row = session.get(ComplaintTerms, actor.branch_id) or ComplaintTerms(branch_id=actor.branch_id)
    row.office_opens, row.office_closes = hours.opens, hours.closes
    row.lunch_from, row.lunch_until = hours.lunch_from, hours.lunch_until
    for name, value in asdict(terms).items():
        setattr(row, name, value)
    row.heads_from, row.managers_from, row.texts_from = told.heads_from, told.managers_from, told.texts_from
    row.managers_phone, row.tells_customers = told.managers_phone, told.customers
    session.add(row)
    session.flush()
    after = _all_terms(session, actor.branch_id)
    changes = {name: [before[name], value] for name, value in after.items() if before[name] != value}
    if changes:
        event = Event("complaint_terms.change", {"changes": changes})
        announce(session, event, actor, now, subject="branch", subject_id=actor.branch_id)


def reply_of(session: Session, template: ReplyTemplate, case: ComplaintRow, actor: Actor) -> str:
    """A template filled in for a case."""
    branch = session.get_one(Branch, case.branch_id)
    return reply_template.filled(
        template.body,
        case_words(case, branch, actor),
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


def _of_occasion(session: Session, occasion: Occasion | None, actor: Actor) -> int | None:
    if occasion is None:
        return None
    query = select(ReplyTemplate.id)
    return session.scalars(
        query.where(ReplyTemplate.branch_id == actor.branch_id, ReplyTemplate.occasion == occasion)
    ).first()


def _mobile(typed: str, field: str) -> str:
    """The number in E.164, '' for none. Raises Invalid for one that takes no text messages."""
    if not typed.strip():
        return ""
    number = phone.parse(typed, field=field)
    if not phone.is_mobile(number):
        raise Invalid("not_mobile", N_("A mobile number, which can receive text messages"), field=field)
    return number


def _all_terms(session: Session, branch_id: int) -> dict[str, Any]:
    """Everything that is set, as the journal tells it."""
    telling = asdict(telling_of(session, branch_id))
    telling["managers_phone"] = phone.masked(telling["managers_phone"]) if telling["managers_phone"] else ""
    return {**_told(hours_of(session, branch_id)), **asdict(terms_of(session, branch_id)), **telling}


def _told(hours: OfficeHours) -> dict[str, str | None]:
    return {name: f"{at:%H:%M}" if isinstance(at, time) else None for name, at in asdict(hours).items()}
