"""Reports and the assessment, as the API speaks of them."""

from datetime import date, datetime
from enum import StrEnum, auto
from typing import Annotated

from pydantic import Field

from dispatch.domain.assessment import MOST_POINTS, Rule, Source
from dispatch.domain.breakdown import Breakdown, Listed, Subject
from dispatch.domain.spreadsheet import FileKind
from dispatch.domain.states import State
from dispatch.store.fares import LineKind
from dispatch.web.schemas.common import Id, Schema

Points = Annotated[int, Field(ge=-MOST_POINTS, le=MOST_POINTS)]
Month = Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", examples=["2026-03"])]


class PeriodQuery(Schema):
    """Service days, both included."""

    first: date
    last: date


class BehindQuery(PeriodQuery):
    """The number asked about: of one value, or of the whole breakdown."""

    breakdown: Breakdown
    value: str | None = Field(None, max_length=2000)
    limit: int = Field(50, ge=1, le=200)
    before: Id | None = None


class BehindOut(Schema):
    """The rows that were counted, by id, newest first."""

    subject: Subject
    ids: list[int]
    next_before: int | None


class EntryOut(Schema):
    """An entry of the ledger: money of a trip, when it was written, and whose trip it was."""

    id: int
    trip_id: int
    kind: LineKind
    amount_fen: int
    written_at: datetime
    driver_id: int | None


class EntriesOut(Schema):
    """Entries, newest first; `amount_fen` is what all of them add up to, not only those of this page."""

    amount_fen: int
    entries: list[EntryOut]
    next_before: int | None


class BookedCustomerOut(Schema):
    """A customer, and how many of the counted trips are theirs."""

    customer_id: int
    trips: int


class BookedOut(Schema):
    """Customers, newest first; `number` is that of all of them, not only of this page."""

    number: int
    customers: list[BookedCustomerOut]
    next_before: int | None


class What(StrEnum):
    """What can be had as a file."""

    REPORT = auto()
    BEHIND = auto()
    ASSESSMENT = auto()


class ExportIn(Schema):
    """Which table, of which days (report, behind) or month (assessment), as what file.

    Personal data is masked unless `full`, which needs the password of whose key it is and a reason for the journal.
    """

    what: What
    kind: FileKind
    first: date | None = None
    last: date | None = None
    breakdown: Breakdown | None = None
    value: str | None = Field(None, max_length=2000)
    listed: Listed = Listed.ROWS
    month: Month | None = None
    full: bool = False
    password: str = Field("", max_length=200)
    reason: str = Field("", max_length=200)


class MoneyOut(Schema):
    """In fen."""

    settled: int
    corrections: int
    total: int


class StepOut(Schema):
    """A day, week or month of the period."""

    first: date
    last: date
    trips: dict[str, int]
    money: MoneyOut
    callbacks: dict[str, int]
    complaints: dict[str, int]


class DriverFiguresOut(Schema):
    """One driver's period."""

    driver_id: int
    name: str
    badge_id: str
    closed: int
    on_time: int
    late: int
    ratings: int
    rating: float | None
    km: float
    revenue_fen: int


class DayQuery(Schema):
    """A service day; the running one unless given."""

    day: date | None = None


class OwnTripOut(Schema):
    """A trip of one's own, and how the customer rated it."""

    id: int
    number: str
    state: State
    appointed_at: datetime
    total_fen: int | None
    rating: int | None


class OwnDayOut(Schema):
    """A driver's day: what it comes to, what its month comes to, and the trips in the order of their times."""

    day: date
    figures: DriverFiguresOut
    month: DriverFiguresOut
    trips: list[OwnTripOut]


class CustomerGroupOut(Schema):
    """Customers told apart by kind, volume or district."""

    value: str
    customers: int
    trips: int


class ReportOut(Schema):
    """A branch's period in figures. Every count of `counts` has its rows at /reports/behind."""

    first: date
    last: date
    counts: dict[str, dict[str, int]]
    money: MoneyOut
    undriven_fen: int
    mean_wait_seconds: float | None
    satisfaction: float | None
    steps: list[StepOut]
    drivers: list[DriverFiguresOut]
    customers: dict[str, list[CustomerGroupOut]]


class MonthQuery(Schema):
    """Which month; the current one unless given."""

    month: Month | None = None


class LinesQuery(MonthQuery):
    """A page of lines: `after` is the id of the last one seen."""

    after: Id | None = None
    limit: int = Field(100, ge=1, le=500)


class ScoreOut(Schema):
    """One person's month."""

    staff_id: int
    name: str
    start: int
    points: int
    sources: dict[Source, int]


class AssessmentOut(Schema):
    """A month of the branch, the highest score first."""

    month: str
    closed_at: datetime | None
    can_close: bool
    start: int
    weights: dict[Rule, int]
    scores: list[ScoreOut]


class LineOut(Schema):
    """Why points were given, and whether they were taken back."""

    id: int
    source: Source
    rule: Rule
    points: int
    subject: str
    subject_id: int
    facts: dict[str, str | int]
    happened_at: datetime
    posted_at: datetime
    reverses_id: int | None
    reason: str
    taken_back_by: int | None


class LinesOut(Schema):
    """A person's lines of a month, in the order in which they were posted."""

    month: str
    score: ScoreOut | None
    lines: list[LineOut]
    next_after: int | None


class TakeBackIn(Schema):
    """Why a line is taken back."""

    reason: str = Field(min_length=1, max_length=200)


class WeightsIn(Schema):
    """What counts from a month on: every rule."""

    from_month: Month
    start: Points
    points: dict[Rule, Points]


class CloseIn(Schema):
    """The month to freeze."""

    month: Month
