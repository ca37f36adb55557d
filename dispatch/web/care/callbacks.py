"""Today's callbacks: claim, read the script, record what came of it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain.callback_claim import LAPSED
from dispatch.domain.errors import N_, DomainError, Invalid, NotFound, Refused
from dispatch.domain.roles import Permission
from dispatch.services import callback_coverage, callback_queue, callbacks, working_days
from dispatch.store.branches import Branch
from dispatch.web.access import requires
from dispatch.web.api.care import attempt_from
from dispatch.web.care import blueprint
from dispatch.web.care.callback_page import attempt_no, page
from dispatch.web.formstate import FormState
from dispatch.web.problems import status_of, words
from dispatch.web.runtime import runtime
from dispatch.web.schemas.care import AttemptIn
from dispatch.web.submitting import read, submit

PAGE = 50
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
            coverage=callback_coverage.of_day(session, branch, g.now),
            shut=callbacks.shut(branch, g.now),
            missing=_years_missing(session, branch),
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
        callbacks.release(session, callback_id, attempt_no(), g.actor, g.now)
        return "/care"

    return _or_back(work)


@blueprint.get("/<int:callback_id>")
@requires(Permission.CALLBACK_READ)
def show(callback_id: int) -> str:
    """The script and the form."""
    return page(callback_id)


@blueprint.post("/<int:callback_id>/hold")
@requires(Permission.CALLBACK_WORK)
def hold(callback_id: int) -> str:
    """An open form holds its callback: it asks this every few minutes, and says when somebody else has it."""
    error = None
    try:
        with runtime().db.transaction() as session:
            if AGAIN in request.form:
                callbacks.claim_again(session, callback_id, attempt_no(), g.actor, g.now)
            callbacks.renew(session, callback_id, attempt_no(), g.actor, g.now)
    except Refused as refused:
        error = refused
    return render_template(
        "care/hold.html",
        callback_id=callback_id,
        attempt_no=attempt_no(),
        lost=words(error) if error else "",
        free=error is not None and error.code == LAPSED,
    )


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
        return page(callback_id, FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Saved."), "success")
    return done


def _years_missing(session: Session, branch: Branch) -> tuple[int, ...]:
    """Years without announced working days, for who can bring them in."""
    if not g.actor.may(Permission.CALENDAR_EDIT):
        return ()
    return working_days.years_missing(session, g.now.astimezone(branch.zone).date())


def _given() -> dict[str, Any]:
    given = request.form
    local = given.get("call_again_at", "").strip()
    return {
        "attempt_no": attempt_no(),
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


def _or_back(work: Any) -> Response:
    try:
        return submit(work)
    except DomainError as error:
        flash(words(error), "error")
        return redirect("/care")
