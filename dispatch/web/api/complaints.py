"""Complaints: registered, listed, and taken step by step to their end; departments, templates and terms."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.domain.events import name_of
from dispatch.domain.roles import Actor, Permission
from dispatch.services import accidents, complaint_cases, complaint_offices, complaint_reading, complaints
from dispatch.services.complaint_clocks import hours_of, terms_of
from dispatch.services.complaint_offices import Wanted
from dispatch.services.complaint_reading import Timed
from dispatch.services.complaint_texts import telling_of
from dispatch.store import complaints as store
from dispatch.store import departments
from dispatch.store.departments import Department
from dispatch.web.api.care import registration_from
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.complaint_spoken import STEPS, SpokenStep
from dispatch.web.incident_case import incident_said
from dispatch.web.schemas import complaints as s
from dispatch.web.schemas.care import ComplaintIn
from dispatch.web.schemas.commands import Nothing

_TAG = "complaints"
_READ, _FOLLOW, _SET = Permission.COMPLAINT_READ, Permission.COMPLAINT_FOLLOW, Permission.BRANCH_EDIT


@endpoint("GET", "/complaints", _READ, query=s.CasesQuery, reply=s.CasesOut, tag=_TAG)
def list_complaints(call: Call) -> s.CasesOut:
    """Complaints, newest first."""
    asked = call.query
    found = store.page(
        call.session, call.actor.branch_id,
        search=asked.search, stage=asked.stage, before=asked.before, limit=asked.limit,
    )  # fmt: skip
    next_before = found[-1].id if len(found) == asked.limit else None
    cases = complaint_reading.timed(call.session, found, call.now)
    return s.CasesOut(complaints=[case_out(one) for one in cases], next_before=next_before)


@endpoint("POST", "/complaints", Permission.COMPLAINT_REGISTER, body=ComplaintIn, reply=s.CaseOut, status=201, tag=_TAG)
def register_complaint(call: Call) -> s.CaseOut:
    """Register a complaint, whatever way it came."""
    registration = registration_from(call.body, call.now, area_code=call.branch.area_code)
    row = complaints.register(call.session, registration, call.actor, callback_id=call.body.callback_id)
    return case_out(complaint_reading.timed(call.session, [row], call.now)[0])


@endpoint(
    "POST", "/trips/<int:trip_id>/incidents/<int:incident_id>/case", Permission.VIOLATION_REPORT,
    body=s.IncidentCaseIn, reply=s.OpenedOut, status=201, tag=_TAG,
)  # fmt: skip
def open_incident_case(call: Call, trip_id: int, incident_id: int) -> s.OpenedOut:
    """Open the case of what happened under way, filled with what the driver reported; each incident has one."""
    _, incident = accidents.find(call.session, trip_id, incident_id, call.actor)
    said = incident_said(incident, call.body.problem, call.body.wish)
    row = accidents.open_case(call.session, trip_id, incident_id, call.actor, call.now, said=said)
    return s.OpenedOut(id=row.id, number=row.number, kind=row.kind)


@endpoint("GET", "/complaints/board", _READ, reply=s.BoardOut, tag=_TAG)
def complaint_board(call: Call) -> s.BoardOut:
    """Everything that is not archived, by what is to be done, the most pressing first."""
    columns = complaint_reading.board(call.session, call.actor, call.now)
    return s.BoardOut(
        columns=[s.ColumnOut(name=one.name, cases=[case_out(case) for case in one.cases]) for one in columns]
    )


@endpoint("GET", "/complaints/mine", _FOLLOW, reply=s.MineOut, tag=_TAG)
def complaints_of_my_departments(call: Call) -> s.MineOut:
    """The open cases of the departments that one heads."""
    found = complaint_reading.of_my_departments(call.session, call.actor, call.now)
    return s.MineOut(cases=[case_out(one) for one in found])


@endpoint("GET", "/complaints/<int:complaint_id>", _FOLLOW, reply=s.StoryOut, tag=_TAG)
def complaint_story(call: Call, complaint_id: int) -> s.StoryOut:
    """One case, whole: to customer service, managers, and the head of the department that has it."""
    return story_out(call.session, complaint_id, call.actor, call.now)


def _register_step(spoken: SpokenStep) -> None:
    def take(call: Call, complaint_id: int) -> s.StoryOut:
        step = spoken.build(call.body)
        complaint_cases.take(call.session, complaint_id, step, call.actor, call.now, version=call.body.version)
        return story_out(call.session, complaint_id, call.actor, call.now)

    take.__name__ = f"complaint_{name_of(spoken.step)}"
    take.__doc__ = spoken.step.__doc__
    rule = f"/complaints/<int:complaint_id>/steps/{spoken.name}"
    endpoint("POST", rule, spoken.permission, body=spoken.schema, reply=s.StoryOut, tag=_TAG)(take)


for _spoken in STEPS:
    _register_step(_spoken)


@endpoint("GET", "/departments", _FOLLOW, reply=s.DepartmentsOut, tag=_TAG)
def list_departments(call: Call) -> s.DepartmentsOut:
    """The departments of the branch."""
    found = departments.of_branch(call.session, call.actor.branch_id)
    return s.DepartmentsOut(departments=[_department(row) for row in found])


@endpoint("POST", "/departments", _SET, body=s.DepartmentIn, reply=s.DepartmentOut, status=201, tag=_TAG)
def found_department(call: Call) -> s.DepartmentOut:
    """Found a department."""
    wanted = Wanted(**call.body.model_dump())
    return _department(complaint_offices.keep_department(call.session, wanted, call.actor, call.now))


@endpoint("PUT", "/departments/<int:department_id>", _SET, body=s.DepartmentIn, reply=s.DepartmentOut, tag=_TAG)
def change_department(call: Call, department_id: int) -> s.DepartmentOut:
    """Change a department; a new head has its cases from now on."""
    wanted = Wanted(**call.body.model_dump())
    row = complaint_offices.keep_department(call.session, wanted, call.actor, call.now, department_id=department_id)
    return _department(row)


@endpoint("GET", "/reply-templates", Permission.COMPLAINT_READ, reply=s.TemplatesOut, tag=_TAG)
def list_templates(call: Call) -> s.TemplatesOut:
    """The reply templates of the branch."""
    rows = departments.templates(call.session, call.actor.branch_id)
    return s.TemplatesOut(templates=[s.TemplateOut.model_validate(row) for row in rows])


@endpoint("POST", "/reply-templates", _SET, body=s.TemplateIn, reply=s.TemplateOut, status=201, tag=_TAG)
def write_template(call: Call) -> s.TemplateOut:
    """Write a reply template."""
    row = complaint_offices.keep_template(
        call.session, call.body.name, call.body.body, call.actor, call.now, occasion=call.body.occasion
    )
    return s.TemplateOut.model_validate(row)


@endpoint("PUT", "/reply-templates/<int:template_id>", _SET, body=s.TemplateIn, reply=s.TemplateOut, tag=_TAG)
def rewrite_template(call: Call, template_id: int) -> s.TemplateOut:
    """Rewrite a reply template."""
    row = complaint_offices.keep_template(
        call.session, call.body.name, call.body.body, call.actor, call.now,
        template_id=template_id, occasion=call.body.occasion,
    )  # fmt: skip
    return s.TemplateOut.model_validate(row)


@endpoint("POST", "/reply-templates/<int:template_id>/drop", _SET, body=Nothing, reply=s.TemplatesOut, tag=_TAG)
def drop_template(call: Call, template_id: int) -> s.TemplatesOut:
    """Take a reply template away."""
    complaint_offices.drop_template(call.session, template_id, call.actor, call.now)
    call.session.flush()
    return list_templates(call)


@endpoint("GET", "/complaint-terms", _READ, reply=s.TermsIn, tag=_TAG)
def complaint_terms(call: Call) -> s.TermsIn:
    """Office hours, how long each stage may take, and whom the branch tells."""
    hours, terms = hours_of(call.session, call.actor.branch_id), terms_of(call.session, call.actor.branch_id)
    return s.TermsIn(
        office_opens=hours.opens,
        office_closes=hours.closes,
        lunch_from=hours.lunch_from,
        lunch_until=hours.lunch_until,
        telling=s.TellingIn(**asdict(telling_of(call.session, call.actor.branch_id))),
        **{name: getattr(terms, name) for name in terms.__slots__},
    )


@endpoint("PUT", "/complaint-terms", _SET, body=s.TermsIn, reply=s.TermsIn, tag=_TAG)
def set_complaint_terms(call: Call) -> s.TermsIn:
    """Set them; clocks that run keep the time they were given."""
    telling = call.body.telling.telling() if call.body.telling else None
    complaint_offices.set_terms(
        call.session, call.body.hours(), call.body.terms(), call.actor, call.now, telling=telling
    )
    call.session.flush()
    return complaint_terms(call)


def case_out(timed: Timed) -> s.CaseOut:
    """A case as it is answered; the customer's number is not part of it."""
    row, clock = timed.case, None
    if timed.clock is not None:
        left = None if timed.left is None else int(timed.left.total_seconds()) // 60
        clock = s.ClockOut(
            kind=timed.clock.kind,
            started_at=timed.clock.started_at,
            due_at=timed.clock.due_at,
            paused=timed.is_paused,
            left_minutes=left,
            climbed=[one.level for one in timed.clock.escalations],
        )
    named = (
        "id", "number", "version", "kind", "channel", "stage", "round", "severity", "trip_id", "contact_name", "about",
        "problem", "wish", "registered_at", "cause", "promise", "promise_by", "lessons",
    )  # fmt: skip
    return s.CaseOut(
        **{name: getattr(row, name) for name in named},
        holder=timed.holder,
        department=row.department.name if row.department else None,
        responsible=row.responsible.name if row.responsible else None,
        clock=clock,
    )


def story_out(session: Session, complaint_id: int, actor: Actor, now: datetime) -> s.StoryOut:
    """A case, whole."""
    story = complaint_reading.story(session, complaint_id, actor, now)
    return s.StoryOut(
        case=case_out(story.timed),
        events=[s.EventOut.model_validate(event) for event in story.events],
        remedies=[s.RemedyOut.of(row, story.vouchers.get(row.id)) for row in story.remedies],
        bearing=s.BearingOut.model_validate(story.bearing) if story.bearing else None,
        steps=[name_of(step).replace("_", "-") for step in story.steps],
    )


def _department(row: Department) -> s.DepartmentOut:
    return s.DepartmentOut(
        id=row.id, name=row.name, head_id=row.head_id, head=row.head.name, active=row.active, phone=row.phone
    )
