"""What can be done with a complaint, as it is asked for: each step with what has to be said. Raise Invalid by field."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.domain.bearing import CaseFacts
from dispatch.domain.complaint import MAX_TEXT, Severity
from dispatch.domain.complaint_clock import PauseReason
from dispatch.domain.errors import N_, Invalid
from dispatch.domain.remedy import Remedy


@dataclass(frozen=True, slots=True)
class Worded:
    """A step that says something: what was told, found, decided or done."""

    words: str

    def __post_init__(self) -> None:
        if not self.words.strip():
            raise Invalid("step_words", N_("Please fill in this field"), field="words")
        if len(self.words) > MAX_TEXT:
            raise Invalid("step_long", N_("At most %(most)s characters"), field="words", most=MAX_TEXT)


@dataclass(frozen=True, slots=True)
class Acknowledge(Worded):
    """Care tells the customer that the complaint has arrived, and takes the case."""


@dataclass(frozen=True, slots=True)
class Assess(Worded):
    """Care says what is in it, and how grave it is."""

    severity: Severity


@dataclass(frozen=True, slots=True)
class Accept(Worded):
    """The complaint is taken up."""


@dataclass(frozen=True, slots=True)
class Dismiss(Worded):
    """The complaint is not upheld; the customer gets a tactful reply."""


@dataclass(frozen=True, slots=True)
class Reply(Worded):
    """The reply to a complaint that is not upheld, as it was sent."""


@dataclass(frozen=True, slots=True)
class Route(Worded):
    """To a department, with its own deadline or the branch's usual one; again when it belongs elsewhere."""

    department_id: int
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True)
class Investigate(Worded):
    """The cause, and who of the staff is responsible; None where it was nobody."""

    responsible_id: int | None


@dataclass(frozen=True, slots=True)
class Propose(Worded):
    """What the customer is offered, and why."""

    remedies: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True)
class Approve(Worded):
    """A third person agrees."""


@dataclass(frozen=True, slots=True)
class Return(Worded):
    """A third person does not agree, and says why."""


@dataclass(frozen=True, slots=True)
class CarryOut(Worded):
    """The remedy is carried out: refunds are booked, vouchers made out."""


@dataclass(frozen=True, slots=True)
class AskFeedback(Worded):
    """The customer was asked and has not answered yet."""


@dataclass(frozen=True, slots=True)
class Conclude(Worded):
    """What the customer says now."""

    satisfied: bool


@dataclass(frozen=True, slots=True)
class OpenRound(Worded):
    """A new round: what is still wrong, what the customer wants now."""


@dataclass(frozen=True, slots=True)
class Promise(Worded):
    """It cannot be solved yet: what was promised, by when."""

    by: datetime


@dataclass(frozen=True, slots=True)
class TakeUp(Worded):
    """The promise is kept, or the work goes on: back to where the case was."""


@dataclass(frozen=True, slots=True)
class Withdraw(Worded):
    """The customer takes it back."""


@dataclass(frozen=True, slots=True)
class MarkDuplicate(Worded):
    """The same matter is handled under another number."""

    other_id: int


@dataclass(frozen=True, slots=True)
class Archive(Worded):
    """Closed for good, with what was learnt."""


@dataclass(frozen=True, slots=True)
class Remark(Worded):
    """Something to know; nothing moves."""


@dataclass(frozen=True, slots=True)
class Pause(Worded):
    """The clock stands still: what is waited for."""

    reason: PauseReason


@dataclass(frozen=True, slots=True)
class Resume(Worded):
    """The clock runs again."""


@dataclass(frozen=True, slots=True)
class SetFacts(Worded):
    """Who bears what: the figures of an accident or a violation."""

    facts: CaseFacts


Step = (
    Acknowledge
    | Assess
    | Accept
    | Dismiss
    | Reply
    | Route
    | Investigate
    | Propose
    | Approve
    | Return
    | CarryOut
    | AskFeedback
    | Conclude
    | OpenRound
    | Promise
    | TakeUp
    | Withdraw
    | MarkDuplicate
    | Archive
    | Remark
    | Pause
    | Resume
    | SetFacts
)
