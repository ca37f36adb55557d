"""The callback on the working day after a trip (P7): its states, its attempts, and what follows from each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum, auto

from dispatch.domain.calling_hours import CallingWindow, first_slot, is_quiet, next_slot
from dispatch.domain.errors import N_, Invalid
from dispatch.domain.satisfaction import Answers
from dispatch.domain.workdays import Calendar

RETRY_AFTER = timedelta(hours=2)
UNANSWERED_A_DAY = 2
UNANSWERED_IN_ALL = 4
RETRY_WORKING_DAYS = 3
LONGEST_WISH = timedelta(days=30)


class CallbackState(StrEnum):
    """Where a callback stands."""

    SCHEDULED = auto()  # waits for its next time: the first, a retry, or one the customer asked for
    DUE = auto()  # in the pool
    CLAIMED = auto()  # an agent has it, as long as the lease runs
    DONE = auto()
    UNREACHABLE = auto()  # tried as often as the rule allows, or the number is wrong: not "satisfied"
    DECLINED = auto()  # the customer does not want it
    CANCELLED = auto()  # the trip it belongs to was stepped back


OPEN = frozenset({CallbackState.SCHEDULED, CallbackState.DUE, CallbackState.CLAIMED})


class Outcome(StrEnum):
    """How an attempt to reach the customer ended."""

    ANSWERED = auto()
    NO_ANSWER = auto()
    BUSY = auto()
    POWERED_OFF = auto()
    INVALID_NUMBER = auto()
    REFUSED = auto()
    CALLBACK_REQUESTED = auto()
    DO_NOT_CALL = auto()


UNANSWERED = frozenset({Outcome.NO_ANSWER, Outcome.BUSY, Outcome.POWERED_OFF})

_ENDS = {
    Outcome.ANSWERED: CallbackState.DONE,
    Outcome.INVALID_NUMBER: CallbackState.UNREACHABLE,
    Outcome.REFUSED: CallbackState.DECLINED,
    Outcome.DO_NOT_CALL: CallbackState.DECLINED,
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call, never edited. Answers belong to `answered`, a wished time to `callback_requested`. Raises Invalid."""

    at: datetime
    staff_id: int
    outcome: Outcome
    answers: Answers | None = None
    call_again_at: datetime | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.ANSWERED) != (self.answers is not None):
            raise Invalid(
                "attempt_answers",
                N_("Satisfaction is recorded when the customer answered, and only then"),
                field="satisfaction",
            )
        if (self.outcome is Outcome.CALLBACK_REQUESTED) != (self.call_again_at is not None):
            raise Invalid(
                "attempt_call_again_at",
                N_("A time to call again is recorded when the customer asked for one, and only then"),
                field="call_again_at",
            )


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from an attempt: the state, and for `scheduled` when (UTC) and whose it is first."""

    state: CallbackState
    not_before: datetime | None = None
    preferred_staff_id: int | None = None
    do_not_call: bool = False


def after_attempt(
    earlier: Sequence[Attempt], latest: Attempt, zone: tzinfo, window: CallingWindow, calendar: Calendar
) -> Decision:
    """What follows from the latest attempt, given the earlier ones (oldest first).

    Raises Invalid when the time the customer asked for cannot be kept.
    """
    if latest.call_again_at is not None:
        not_before = _wished(latest.at, latest.call_again_at, zone)
        return Decision(CallbackState.SCHEDULED, not_before, preferred_staff_id=latest.staff_id)
    if latest.outcome not in UNANSWERED:
        return Decision(_ENDS[latest.outcome], do_not_call=latest.outcome is Outcome.DO_NOT_CALL)
    retry = _retry([*earlier, latest], zone, window, calendar)
    return Decision(CallbackState.SCHEDULED, retry) if retry else Decision(CallbackState.UNREACHABLE)


def _wished(at: datetime, wish: datetime, zone: tzinfo) -> datetime:
    """The customer's own time: kept on any day and outside the branch's window, but never in quiet hours."""
    if not at < wish <= at + LONGEST_WISH:
        raise Invalid(
            "call_again_range",
            N_("The time to call again must lie within the next %(days)s days"),
            field="call_again_at",
            days=LONGEST_WISH.days,
        )
    if is_quiet(wish, zone):
        raise Invalid(
            "call_again_quiet",
            N_("Customers are not called between 21:00 and 09:00; please agree on another time"),
            field="call_again_at",
        )
    return wish.astimezone(UTC)


def _retry(attempts: Sequence[Attempt], zone: tzinfo, window: CallingWindow, calendar: Calendar) -> datetime | None:
    """When to try again after nobody answered; None when the rule allows no further try.

    Only unanswered calls count: one the customer answered, asking for another time, was no nuisance.
    """
    unanswered = [attempt for attempt in attempts if attempt.outcome in UNANSWERED]
    if len(unanswered) >= UNANSWERED_IN_ALL:
        return None
    today = _local_day(attempts[-1], zone)
    earliest = attempts[-1].at + RETRY_AFTER
    if sum(_local_day(attempt, zone) == today for attempt in unanswered) >= UNANSWERED_A_DAY:
        earliest = max(earliest, first_slot(today + timedelta(days=1), zone, window))
    slot = next_slot(earliest, zone, window, calendar.is_working)
    first_try = _local_day(_first_since_contact(attempts), zone)
    last_day = calendar.nth_working_day_after(first_try - timedelta(days=1), RETRY_WORKING_DAYS).date
    return slot if slot.astimezone(zone).date() <= last_day else None


def _first_since_contact(attempts: Sequence[Attempt]) -> Attempt:
    """The first of the unbroken run of unanswered calls at the end: a wish kept starts the working days anew."""
    first = attempts[-1]
    for attempt in reversed(attempts):
        if attempt.outcome not in UNANSWERED:
            break
        first = attempt
    return first


def _local_day(attempt: Attempt, zone: tzinfo) -> date:
    return attempt.at.astimezone(zone).date()
