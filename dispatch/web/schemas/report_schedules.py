"""Reports by e-mail, as the API and its forms speak of them."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from dispatch.domain.period import Grain
from dispatch.domain.report_plan import MOST_RECIPIENTS, ReportKind, ReportPlan, recipients
from dispatch.domain.spreadsheet import FileKind
from dispatch.store.outbox import OutboxState
from dispatch.web.schemas.common import Schema


class ScheduleIn(Schema):
    """Which report leaves by e-mail, how often, at which hour of the branch, as what file, and to whom."""

    kind: ReportKind
    rhythm: Grain
    hour: int = Field(8, ge=0, le=23)
    file: FileKind = FileKind.XLSX
    language: Literal["zh", "en"] = "zh"
    recipients: list[str] = Field(min_length=1, max_length=MOST_RECIPIENTS)

    def plan(self) -> ReportPlan:
        """As the rules know it. Raises Invalid."""
        to = recipients("\n".join(self.recipients))
        return ReportPlan(self.kind, self.rhythm, self.hour, self.file, self.language, to)


class ScheduleChangeIn(ScheduleIn):
    """The schedule as it is to be; `active` false stops it."""

    active: bool


class MessageOut(Schema):
    """What became of a report for one address: waiting, sent or failed (None: forgotten already), and why."""

    recipient: str
    state: OutboxState | None
    tries: int
    sent_at: datetime | None
    error: str


class MailingOut(Schema):
    """A report that left: its period and its messages."""

    first: date
    last: date
    made_at: datetime
    messages: list[MessageOut]


class ScheduleOut(Schema):
    """A schedule, and what it sent last, the newest first."""

    id: int
    kind: ReportKind
    rhythm: Grain
    hour: int
    file: FileKind
    language: str
    recipients: list[str]
    active: bool
    mailings: list[MailingOut]


class SchedulesOut(Schema):
    """Every schedule of the branch."""

    schedules: list[ScheduleOut]


class ScheduleMadeOut(Schema):
    """The id of the schedule."""

    id: int
