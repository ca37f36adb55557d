"""Callbacks, and a complaint as it comes in."""

from datetime import datetime

from dispatch.domain import phone
from dispatch.domain.callback import Attempt, Outcome
from dispatch.domain.complaint import Registration
from dispatch.domain.dialling import address
from dispatch.domain.errors import N_, NotFound
from dispatch.domain.roles import Permission
from dispatch.domain.satisfaction import Answers, complaint_draft
from dispatch.services import callback_queue, callbacks, dialling
from dispatch.store.callbacks import CallbackTask
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.schemas import care as s
from dispatch.web.schemas.commands import Nothing


@endpoint("GET", "/callbacks", Permission.CALLBACK_READ, query=s.CallbackQuery, reply=s.CallbacksOut, tag="callbacks")
def list_callbacks(call: Call) -> s.CallbacksOut:
    """What can be called now, oldest due first, and how far the day is."""
    found = callback_queue.ready(call.session, call.actor, call.now, after=call.query.after, limit=call.query.limit)
    day = callback_queue.today(call.session, call.branch, call.now)
    return s.CallbacksOut(
        callbacks=[callback_out(task) for task in found],
        ended=day.ended,
        ready=day.ready,
        later=day.later,
        overdue=day.overdue,
    )


@endpoint("POST", "/callbacks/next/claim", Permission.CALLBACK_WORK, body=Nothing, reply=s.CallbackOut, tag="callbacks")
def claim_next(call: Call) -> s.CallbackOut:
    """Claim the next callback for 15 minutes; 404 when none is left."""
    task = callback_queue.claim_next(call.session, call.actor, call.now)
    if task is None:
        raise NotFound("queue_empty", N_("Nothing is left to call just now"))
    return callback_out(task)


@endpoint(
    "POST", "/callbacks/<int:callback_id>/claim", Permission.CALLBACK_WORK, body=Nothing, reply=s.CallbackOut,
    tag="callbacks",
)  # fmt: skip
def claim(call: Call, callback_id: int) -> s.CallbackOut:
    """Claim one callback for 15 minutes; one's own again for another 15."""
    return callback_out(callbacks.claim(call.session, callback_id, call.actor, call.now))


@endpoint(
    "POST", "/callbacks/<int:callback_id>/renew", Permission.CALLBACK_WORK, body=s.AttemptNo, reply=s.CallbackOut,
    tag="callbacks",
)  # fmt: skip
def renew(call: Call, callback_id: int) -> s.CallbackOut:
    """Hold it for another 15 minutes."""
    callbacks.renew(call.session, callback_id, call.body.attempt_no, call.actor, call.now)
    return callback_out(callbacks.find(call.session, callback_id, call.actor))


@endpoint(
    "POST", "/callbacks/<int:callback_id>/release", Permission.CALLBACK_WORK, body=s.AttemptNo, reply=s.CallbackOut,
    tag="callbacks",
)  # fmt: skip
def release(call: Call, callback_id: int) -> s.CallbackOut:
    """Put it back into the pool."""
    callbacks.release(call.session, callback_id, call.body.attempt_no, call.actor, call.now)
    return callback_out(callbacks.find(call.session, callback_id, call.actor))


@endpoint(
    "POST", "/callbacks/<int:callback_id>/dial", Permission.CALLBACK_WORK, body=s.AttemptNo, reply=s.NumberOut,
    tag="callbacks",
)  # fmt: skip
def dial(call: Call, callback_id: int) -> s.NumberOut:
    """The number to ring, for who holds the callback; never in quiet hours."""
    number = callbacks.dial(call.session, callback_id, call.body.attempt_no, call.actor, call.now)
    return s.NumberOut(phone=number, address=address(dialling.of_branch(call.session, call.actor.branch_id), number))


@endpoint(
    "POST", "/callbacks/<int:callback_id>/attempts", Permission.CALLBACK_WORK, body=s.AttemptIn, reply=s.RecordedOut,
    status=201, tag="callbacks",
)  # fmt: skip
def record_attempt(call: Call, callback_id: int) -> s.RecordedOut:
    """Record how a call went; attempts are only ever added."""
    attempt = attempt_from(call.body, call.actor.id, call.now)
    done = callbacks.record(call.session, callback_id, call.body.attempt_no, attempt, call.actor)
    draft = complaint_draft(attempt.answers, "zh") if attempt.answers and done.grounds else ""
    return s.RecordedOut(state=done.state, not_before=done.not_before, grounds=list(done.grounds), draft=draft)


def attempt_from(given: s.AttemptIn, staff_id: int, now: datetime) -> Attempt:
    """The attempt as the rules know it. Raises Invalid where outcome and answers do not fit."""
    answers = None
    if given.outcome is Outcome.ANSWERED and given.satisfaction is not None:
        answers = Answers(
            satisfaction=given.satisfaction,
            badge_worn=given.badge_worn,
            car_checked=given.car_checked,
            fee_explained=given.fee_explained,
            copy_handed_over=given.copy_handed_over,
            opinions=given.opinions,
            suggestions=given.suggestions,
        )
    return Attempt(now, staff_id, given.outcome, answers, given.call_again_at, given.note)


def registration_from(given: s.ComplaintIn, now: datetime, *, area_code: str) -> Registration:
    """The complaint as the rules know it. Raises Invalid by field."""
    number = given.contact_phone.strip()
    return Registration(
        channel=given.channel,
        registered_at=now,
        contact_name=given.contact_name,
        contact_phone=phone.parse(number, field="contact_phone", area_code=area_code or None) if number else "",
        contact_address=given.contact_address,
        happened_at=given.happened_at,
        about=given.about,
        problem=given.problem,
        wish=given.wish,
        trip_id=given.trip_id,
        kind=given.kind,
    )


def callback_out(task: CallbackTask) -> s.CallbackOut:
    """A callback as it is answered; the customer's name is part of the script, the number is not."""
    return s.CallbackOut(
        id=task.id,
        trip_id=task.trip_id,
        trip_number=task.trip.number,
        customer=task.trip.contact_name,
        state=task.state,
        service_day=task.service_day,
        due_on=task.due_on,
        provisional=task.provisional,
        not_before=task.not_before,
        claimed_by=task.holder.name if task.holder else None,
        lease_until=task.lease_until,
        attempt_no=len(task.attempts) + 1,
    )
