"""Complaints as they are worked on: steps, stories, departments, templates, terms."""

from datetime import date, datetime, time
from typing import Annotated, Any, Self

from pydantic import Field

from dispatch.domain import complaint_steps as steps
from dispatch.domain.bearing import Accident, CaseFacts, Violation
from dispatch.domain.complaint import CaseKind, Channel, Severity, Stage
from dispatch.domain.complaint_clock import ClockKind, Level, PauseReason, Terms
from dispatch.domain.errors import N_, Invalid
from dispatch.domain.remedy import Remedy, RemedyKind
from dispatch.domain.telling import Occasion, Telling
from dispatch.domain.working_time import OfficeHours
from dispatch.store.complaint_remedies import RemedyRow, RemedyState
from dispatch.store.vouchers import VoucherRow
from dispatch.web.schemas.common import Fen, Id, LongText, Moment, Name, Page, Schema

Money = Annotated[int, Field(ge=0, le=10**9, description="Money in fen")]


class StepIn(Schema):
    """A step with a case. `version` is that of the case as it was seen: an old one is refused."""

    version: Annotated[int, Field(ge=1, le=10**6)]
    words: LongText


class AssessIn(StepIn):
    """What is in it, and how grave it is."""

    severity: Severity


class RouteIn(StepIn):
    """To which department, and by when if not in the usual time."""

    department_id: Id
    deadline: Moment | None = None


class InvestigateIn(StepIn):
    """`words` is the cause; nobody is responsible where no staff member is named."""

    responsible_id: Id | None = None


class RemedyIn(Schema):
    """One remedy; an amount belongs to refund, compensation and voucher."""

    kind: RemedyKind
    words: LongText
    amount_fen: Money | None = None


class ProposeIn(StepIn):
    """What the customer is offered, and in `words` why."""

    remedies: list[RemedyIn] = Field(min_length=1, max_length=10)


class ConcludeIn(StepIn):
    """What the customer says."""

    satisfied: bool


class PromiseIn(StepIn):
    """What was promised, by when."""

    by: Moment


class DuplicateIn(StepIn):
    """Which case handles the same matter."""

    other_id: Id


class PauseIn(StepIn):
    """Whom the case waits for; in `words` for what."""

    reason: PauseReason


class AccidentIn(Schema):
    """Damage, who pays already, and our driver's share of fault (A7, B6)."""

    fault_percent: int
    damage_fen: Money
    insurer_fen: Money = 0
    other_fen: Money = 0
    deductible_fen: Money = 0
    transport_fen: Money = 0
    disturbed: bool = False


class ViolationIn(Schema):
    """Fine, points, number of the notice, and whether our driver was at the wheel (A8)."""

    fine_fen: Money
    points: int = 0
    notice: Name = ""
    inside_service: bool


class FactsIn(StepIn):
    """Either of the two."""

    accident: AccidentIn | None = None
    violation: ViolationIn | None = None

    def facts(self) -> CaseFacts:
        """The facts as the rules know them. Raises Invalid."""
        if (self.accident is None) == (self.violation is None):
            raise Invalid("facts_one", N_("Give the facts of an accident or of a violation"), field="accident")
        if self.accident is not None:
            return Accident(**self.accident.model_dump())
        return Violation(**self.violation.model_dump()) if self.violation else Violation(0)


class IncidentCaseIn(Schema):
    """What a case says of an incident, and what is to be done; '' for what the incident itself tells."""

    problem: LongText = ""
    wish: LongText = ""


def proposal(given: ProposeIn) -> steps.Propose:
    """The step of a proposal."""
    return steps.Propose(given.words, tuple(Remedy(one.kind, one.words, one.amount_fen) for one in given.remedies))


class ClockOut(Schema):
    """A clock; `left_minutes` is working time, below zero when it is over. Paused: no due time."""

    kind: ClockKind
    started_at: datetime
    due_at: datetime | None
    paused: bool
    left_minutes: int | None
    climbed: list[Level]


class CaseOut(Schema):
    """A case as it stands."""

    id: Id
    number: str
    version: int
    kind: CaseKind
    channel: Channel
    stage: Stage
    round: int
    severity: Severity | None
    trip_id: Id | None
    contact_name: str
    about: str
    problem: str
    wish: str
    registered_at: datetime
    holder: str
    department: str | None
    cause: str
    responsible: str | None
    promise: str
    promise_by: datetime | None
    lessons: str
    clock: ClockOut | None


class OpenedOut(Schema):
    """A case that was opened, for somebody who need not see it."""

    id: Id
    number: str
    kind: CaseKind


class EventOut(Schema):
    """A line of the story."""

    round: int
    step: str
    source: Stage | None
    target: Stage
    at: datetime
    actor_name: str
    words: str
    facts: dict[str, Any]


class RemedyOut(Schema):
    """A remedy and what became of it; a voucher with the trip that has it."""

    round: int
    kind: RemedyKind
    words: str
    amount_fen: int | None
    state: RemedyState
    fare_line_id: Id | None
    voucher: str | None
    valid_until: date | None
    voucher_trip_id: Id | None
    voucher_used_fen: int | None

    @classmethod
    def of(cls, row: RemedyRow, voucher: VoucherRow | None) -> Self:
        """A remedy, with its voucher where it is one."""
        return cls(
            **{name: getattr(row, name) for name in ("round", "kind", "words", "amount_fen", "state", "fare_line_id")},
            voucher=voucher.code if voucher else None,
            valid_until=voucher.valid_until if voucher else None,
            voucher_trip_id=voucher.trip_id if voucher else None,
            voucher_used_fen=voucher.used_fen if voucher else None,
        )


class BearingOut(Schema):
    """Who bears what."""

    insurer_fen: Fen
    other_fen: Fen
    company_fen: Fen
    customer_fen: Fen
    transport_fen: Fen
    owed_fen: Fen


class StoryOut(Schema):
    """A case, whole. `steps` are those open to who asks."""

    case: CaseOut
    events: list[EventOut]
    remedies: list[RemedyOut]
    bearing: BearingOut | None
    steps: list[str]


class CasesQuery(Page):
    """A page of cases: with all these words in them, in this stage."""

    search: Annotated[str, Field(max_length=100)] = ""
    stage: Stage | None = None


class ColumnOut(Schema):
    """A column of the board."""

    name: str
    cases: list[CaseOut]


class BoardOut(Schema):
    """Everything that is not archived, by what is to be done."""

    columns: list[ColumnOut]


class MineOut(Schema):
    """The open cases of the departments one heads."""

    cases: list[CaseOut]


class DepartmentIn(Schema):
    """A department and who heads it."""

    name: Annotated[str, Field(max_length=60)]
    head_id: Id
    active: bool = True
    phone: Annotated[str, Field(max_length=40, description="Where its head is sent text messages; '' for none")] = ""


class DepartmentOut(Schema):
    """A department."""

    id: Id
    name: str
    head_id: Id
    head: str
    active: bool
    phone: str


class DepartmentsOut(Schema):
    """All departments of the branch."""

    departments: list[DepartmentOut]


class TemplateIn(Schema):
    """A reply with placeholders in braces: customer, number, registered, problem, company, phone, agent.

    With an occasion it goes out then by itself; on `replied` it has {reply}, on `carried_out` {remedies} as well.
    """

    name: Annotated[str, Field(max_length=60)]
    body: LongText
    occasion: Occasion | None = None


class TemplateOut(Schema):
    """A reply template."""

    id: Id
    name: str
    body: str
    occasion: Occasion | None


class TemplatesOut(Schema):
    """All reply templates of the branch."""

    templates: list[TemplateOut]


class TellingIn(Schema):
    """From which rung on heads and managers hear, from which on by text message too (null: never), and where.

    `customers`: whether customers are told by text message.
    """

    heads_from: Level = Level.DUE
    managers_from: Level = Level.LATE
    texts_from: Level | None = Level.DUE
    managers_phone: Annotated[str, Field(max_length=40)] = ""
    customers: bool = True

    def telling(self) -> Telling:
        """Whom the branch tells."""
        return Telling(**self.model_dump())


class TermsIn(Schema):
    """Office hours in local time, how long each stage may take, and whom the branch tells (null: as before).

    Without a lunch break both ends are null.
    """

    office_opens: time
    office_closes: time
    lunch_from: time | None
    lunch_until: time | None
    acknowledge_minutes: int
    assess_days: int
    department_days: int
    approve_days: int
    carry_out_days: int
    confirm_days: int
    telling: TellingIn | None = None

    def hours(self) -> OfficeHours:
        """The office hours. Raises Invalid."""
        return OfficeHours(
            _bare(self.office_opens),
            _bare(self.office_closes),
            None if self.lunch_from is None else _bare(self.lunch_from),
            None if self.lunch_until is None else _bare(self.lunch_until),
        )

    def terms(self) -> Terms:
        """The terms. Raises Invalid."""
        return Terms(**{name: getattr(self, name) for name in Terms.__slots__})


def _bare(at: time) -> time:
    return at.replace(tzinfo=None, second=0, microsecond=0)


class CasesOut(Schema):
    """A page of cases, newest first."""

    complaints: list[CaseOut]
    next_before: Id | None
