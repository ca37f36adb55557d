"""Today's callbacks: claim, read the script, record what came of it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.callback import CallbackState
from dispatch.domain.callback_claim import LAPSED
from dispatch.domain.errors import N_, DomainError, Invalid, NotFound, Refused
from dispatch.domain.roles import Permission
from dispatch.services import callback_queue, callbacks, documents, visibility
from dispatch.store.agreements import DocumentKind
from dispatch.store.branches import Branch
from dispatch.web.access import requires
from dispatch.web.api.care import attempt_from
from dispatch.web.care import blueprint
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.problems import status_of, words
from dispatch.web.revealing import Answer, asked, reveals
from dispatch.web.runtime import runtime
from dispatch.web.schemas.care import AttemptIn
from dispatch.web.submitting import read, submit
from dispatch.web.trip_view import photos_of

PAGE = 50
CLAIMABLE = frozenset({CallbackState.DUE, CallbackState.CLAIMED})
QUESTIONS = ("badge_worn", "car_checked", "fee_explained", "copy_handed_over")
AGAIN = "again"
"""The field of a form whose claim lapsed: the agent takes the callback back."""
_ANSWER = {"yes": True, "no": False}


@blueprint.get("")
@requires(Permission.CALLBACK_READ)
def queue() -> str:
    """What can be called now, and how far the day is."""
    after = request.args.get("after", type=int)
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        found = callback_queue.ready(session, g.actor, g.now, after=after, limit=PAGE)
        return render_template(
            "care/queue.html",
            found=found,
            day=callback_queue.today(session, branch, g.now),
            held=callback_queue.held_by(session, g.actor, g.now),
            next=f"?after={found[-1].id}" if len(found) == PAGE else "",
        )


@blueprint.post("/next")
@requires(Permission.CALLBACK_WORK)
def claim_next() -> Response:
    """Take the next one."""

    def work(session: Session) -> str:
        task = callback_queue.claim_next(session, g.actor, g.now)
        if task is None:
            raise NotFound("queue_empty", N_("Nothing is left to call just now"))
        return f"/care/{task.id}"

    return _or_back(work)


@blueprint.post("/<int:callback_id>/claim")
@requires(Permission.CALLBACK_WORK)
def claim(callback_id: int) -> Response:
    """Take this one."""

    def work(session: Session) -> str:
        callbacks.claim(session, callback_id, g.actor, g.now)
        return f"/care/{callback_id}"

    return _or_back(work)


@blueprint.post("/<int:callback_id>/release")
@requires(Permission.CALLBACK_WORK)
def release(callback_id: int) -> Response:
    """Put it back."""

    def work(session: Session) -> str:
        callbacks.release(session, callback_id, _attempt_no(), g.actor, g.now)
        return "/care"

    return _or_back(work)


@blueprint.get("/<int:callback_id>")
@requires(Permission.CALLBACK_READ)
def show(callback_id: int) -> str:
    """The script and the form."""
    return _page(callback_id, BLANK)


@blueprint.post("/<int:callback_id>/dial")
@requires(Permission.CALLBACK_WORK)
def dial(callback_id: int) -> str | tuple[str, int]:
    """Show the number; the journal keeps who asked."""
    try:
        with runtime().db.transaction() as session:
            number = callbacks.dial(session, callback_id, _attempt_no(), g.actor, g.now)
    except DomainError as error:
        return _page(callback_id, FormState.typed(request.form, error)), status_of(error)
    return _page(callback_id, BLANK, number=number)


@blueprint.post("/<int:callback_id>/hold")
@requires(Permission.CALLBACK_WORK)
def hold(callback_id: int) -> str:
    """An open form holds its callback: it asks this every few minutes, and says when somebody else has it."""
    error = None
    try:
        with runtime().db.transaction() as session:
            if AGAIN in request.form:
                callbacks.claim_again(session, callback_id, _attempt_no(), g.actor, g.now)
            callbacks.renew(session, callback_id, _attempt_no(), g.actor, g.now)
    except Refused as refused:
        error = refused
    return render_template(
        "care/hold.html",
        callback_id=callback_id,
        attempt_no=_attempt_no(),
        lost=words(error) if error else "",
        free=error is not None and error.code == LAPSED,
    )


@blueprint.post("/<int:callback_id>/reveal")
@requires(Permission.PERSONAL_REVEAL)
def reveal(callback_id: int) -> tuple[str, int]:
    """Show one masked fact of the trip to somebody who says why."""
    with runtime().db.reading() as session:
        trip_id = callbacks.find(session, callback_id, g.actor).trip_id
    answer = asked(trip_id)
    status = status_of(answer.error) if answer.error is not None else 200
    return _page(callback_id, BLANK, answer=answer), status


@blueprint.post("/<int:callback_id>")
@requires(Permission.CALLBACK_WORK)
def record(callback_id: int) -> Response | tuple[str, int]:
    """Save how the call went; a bad answer leads on to a complaint."""

    def work(session: Session) -> str:
        body = read(AttemptIn, _given())
        if AGAIN in request.form:
            callbacks.claim_again(session, callback_id, body.attempt_no, g.actor, g.now)
        attempt = attempt_from(body, g.actor.id, g.now)
        done = callbacks.record(session, callback_id, body.attempt_no, attempt, g.actor)
        return f"/care/complaints/new?callback={callback_id}" if done.grounds else "/care"

    try:
        done = submit(work)
    except DomainError as error:
        return _page(callback_id, FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Saved."), "success")
    return done


def _given() -> dict[str, Any]:
    given = request.form
    local = given.get("call_again_at", "").strip()
    return {
        "attempt_no": _attempt_no(),
        "outcome": given.get("outcome", ""),
        "satisfaction": given.get("satisfaction") or None,
        **{name: _ANSWER.get(given.get(name, "")) for name in QUESTIONS},
        "opinions": given.get("opinions", ""),
        "suggestions": given.get("suggestions", ""),
        "note": given.get("note", ""),
        "call_again_at": _local(local) if local else None,
    }


def _local(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(g.zone))
    except ValueError as error:
        raise Invalid("call_again_at", N_("Please enter a date and time"), field="call_again_at") from error


def _attempt_no() -> int:
    return request.form.get("attempt_no", 0, type=int)


def _or_back(work: Any) -> Response:
    try:
        return submit(work)
    except DomainError as error:
        flash(words(error), "error")
        return redirect("/care")


def _page(callback_id: int, form: FormState, number: str = "", answer: Answer | None = None) -> str:
    with runtime().db.reading() as session:
        task = callbacks.find(session, callback_id, g.actor)
        lease = task.lease_until is not None and task.lease_until > g.now
        mine = task.claimed_by == g.actor.id and lease
        return render_template(
            "care/callback.html",
            form=form,
            task=task,
            trip=task.trip,
            number=number,
            mine=mine,
            claimable=g.actor.may(Permission.CALLBACK_WORK) and task.state in CLAIMABLE and not lease,
            attempt_no=form.value("attempt_no", len(task.attempts) + 1),
            stale="outcome" in form.values and not mine,
            agreement=documents.of_trip(session, task.trip, DocumentKind.AGREEMENT),
            receipt=documents.of_trip(session, task.trip, DocumentKind.RECEIPT),
            seen=visibility.of_trip(task.trip, g.actor, g.now),
            photos=photos_of(session, task.trip, g.actor),
            reveals=reveals(session, task.trip, f"/care/{task.id}/reveal", answer),
        )
