"""Who is on a callback: a claim is a lease of 15 minutes, and a form is good for one attempt only.

Storing it is a compare-and-set on the row's version; these rules say what to set and whom to tell no.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.domain.callback import OPEN, CallbackState
from dispatch.domain.errors import N_, Conflict, Refused

LEASE = timedelta(minutes=15)
LAPSED = "claim_lapsed"
# A time the customer asked for belongs to the agent who agreed on it for this long, then to anybody.
SAME_AGENT_FIRST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Lease:
    """An agent's hold on a callback until a moment (UTC)."""

    staff_id: int
    staff_name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """What claiming looks at. `attempts` counts the attempts recorded so far."""

    state: CallbackState
    not_before: datetime
    preferred_staff_id: int | None
    attempts: int
    lease: Lease | None
    do_not_call: bool


def claim(task: Task, staff_id: int, staff_name: str, now: datetime) -> Lease:
    """Take a callback from the pool, from a lease that lapsed, or one's own again.

    Raises Conflict naming the agent who has it, Refused when it is not to be called (now).
    """
    _check_open(task)
    if task.do_not_call:
        raise Refused("do_not_call", N_("This customer does not want to be called"))
    if task.not_before > now:
        raise Refused("callback_not_due", N_("This callback is not due yet"), not_before=task.not_before.isoformat())
    if task.lease and not has_lapsed(task, now) and task.lease.staff_id != staff_id:
        raise _taken(task.lease)
    if task.preferred_staff_id not in (None, staff_id) and now < task.not_before + SAME_AGENT_FIRST:
        raise Refused(
            "callback_kept",
            N_("The customer agreed on this time with a colleague, who is first for %(minutes)s minutes"),
            minutes=int(SAME_AGENT_FIRST.total_seconds() // 60),
        )
    return Lease(staff_id, staff_name, now + LEASE)


def renew(task: Task, staff_id: int, attempt_no: int, now: datetime) -> Lease:
    """The lease for another 15 minutes, while the form is open. Raises as `check_holder`."""
    lease = check_holder(task, staff_id, attempt_no, now)
    return Lease(lease.staff_id, lease.staff_name, now + LEASE)


def check_holder(task: Task, staff_id: int, attempt_no: int, now: datetime) -> Lease:
    """The lease, if this form may still be saved.

    `attempt_no` is the number (from 1) of the attempt the form was opened for: saved twice, or left open from an
    earlier claim while somebody called, it is too low.  Raises Conflict saying why it cannot be saved.
    """
    _check_open(task)
    if attempt_no != task.attempts + 1:
        raise Conflict("attempt_recorded", N_("This call has already been recorded"), attempts=task.attempts)
    lease = task.lease
    if lease is None or has_lapsed(task, now):
        raise Conflict(LAPSED, N_("Your claim on this callback has ended; claim it again to record the call"))
    if lease.staff_id != staff_id:
        raise _taken(lease)
    return lease


def has_lapsed(task: Task, now: datetime) -> bool:
    """Whether the callback is claimed by a lease that has run out and belongs back in the pool."""
    return task.lease is not None and task.lease.until <= now


def _check_open(task: Task) -> None:
    if task.state not in OPEN:
        raise Conflict("callback_ended", N_("This callback is already finished"), state=task.state.value)


def _taken(lease: Lease) -> Conflict:
    return Conflict("callback_taken", N_("%(agent)s is on this callback"), agent=lease.staff_name)
