"""Who is on a callback: a claim is a lease of 15 minutes, numbered so that an old form can never be saved.

Storing it is a compare-and-set on the claim number; these rules say what to set and whom to tell no.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.domain.callback import OPEN, CallbackState
from dispatch.domain.errors import N_, Conflict, Refused

LEASE = timedelta(minutes=15)
# A time the customer asked for belongs to the agent who agreed on it for this long, then to anybody.
SAME_AGENT_FIRST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Lease:
    """An agent's hold on a callback until a moment (UTC)."""

    agent_id: int
    agent_name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """What claiming looks at. `claim_no` counts all claims of this callback and never goes back."""

    state: CallbackState
    next_at: datetime
    preferred_agent_id: int | None
    claim_no: int
    lease: Lease | None
    do_not_call: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """What to store: the lease and its number, which the form carries."""

    lease: Lease
    claim_no: int


def claim(task: Task, agent_id: int, agent_name: str, now: datetime) -> Claim:
    """Take a callback from the pool, or back from a lease that lapsed; one's own again, which outdates the older form.

    Raises Conflict naming the agent who has it, Refused when it is not to be called (now).
    """
    _check_open(task)
    if task.do_not_call:
        raise Refused("do_not_call", N_("This customer does not want to be called"))
    if task.next_at > now:
        raise Refused("callback_not_due", N_("This callback is not due yet"), next_at=task.next_at.isoformat())
    if task.lease and not has_lapsed(task, now) and task.lease.agent_id != agent_id:
        raise _taken(task.lease)
    if task.preferred_agent_id not in (None, agent_id) and now < task.next_at + SAME_AGENT_FIRST:
        raise Refused("callback_kept",
                      N_("The customer agreed on this time with a colleague, who is first for %(minutes)s minutes"),
                      minutes=int(SAME_AGENT_FIRST.total_seconds() // 60))
    return Claim(Lease(agent_id, agent_name, now + LEASE), task.claim_no + 1)


def renew(task: Task, agent_id: int, claim_no: int, now: datetime) -> Lease:
    """The lease for another 15 minutes, while the form is open. Raises as `check_holder`."""
    lease = check_holder(task, agent_id, claim_no, now)
    return Lease(lease.agent_id, lease.agent_name, now + LEASE)


def check_holder(task: Task, agent_id: int, claim_no: int, now: datetime) -> Lease:
    """The lease, if this form may still be saved: same agent, same claim, not lapsed. Raises Conflict otherwise."""
    _check_open(task)
    lease = task.lease
    if lease and not has_lapsed(task, now):
        if lease.agent_id != agent_id:
            raise _taken(lease)
        if task.claim_no == claim_no:
            return lease
    raise Conflict("claim_lapsed", N_("Your claim on this callback has ended; claim it again to record the call"))


def has_lapsed(task: Task, now: datetime) -> bool:
    """Whether the callback is claimed by a lease that has run out and belongs back in the pool."""
    return task.lease is not None and task.lease.until <= now


def _check_open(task: Task) -> None:
    if task.state not in OPEN:
        raise Conflict("callback_ended", N_("This callback is already finished"), state=task.state.value)


def _taken(lease: Lease) -> Conflict:
    return Conflict("callback_taken", N_("%(agent)s is on this callback"), agent=lease.agent_name)
