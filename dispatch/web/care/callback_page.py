"""The page of a callback: what to say, how to dial, the answers, and the trip beside them."""

from flask import g, render_template, request
from sqlalchemy.orm import Session

from dispatch.domain.callback import CallbackState
from dispatch.domain.callback_script import CallbackScript
from dispatch.domain.dialling import DialWay, address
from dispatch.domain.roles import Permission
from dispatch.services import callback_coverage, callback_scripts, callbacks, dialling, documents, visibility
from dispatch.store.agreements import DocumentKind
from dispatch.store.callbacks import CallbackTask
from dispatch.store.staff import Staff
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.i18n import LANGUAGES
from dispatch.web.revealing import Answer, reveals
from dispatch.web.runtime import runtime
from dispatch.web.trip_view import photos_of

CLAIMABLE = frozenset({CallbackState.DUE, CallbackState.CLAIMED})


def page(callback_id: int, form: FormState = BLANK, *, number: str = "", answer: Answer | None = None) -> str:
    """The whole page. `number` when it has just been asked for, `answer` when another masked fact was."""
    with runtime().db.reading() as session:
        task = callbacks.find(session, callback_id, g.actor)
        lease = task.lease_until is not None and task.lease_until > g.now
        mine = task.claimed_by == g.actor.id and lease
        said = _said(session, task)
        return render_template(
            "care/callback.html",
            form=form,
            task=task,
            trip=task.trip,
            mine=mine,
            claimable=g.actor.may(Permission.CALLBACK_WORK) and task.state in CLAIMABLE and not lease,
            attempt_no=form.value("attempt_no", len(task.attempts) + 1),
            stale="outcome" in form.values and not mine,
            said=said[0],
            others=said[1:],
            coverage=callback_coverage.of_day(session, task.trip.branch, g.now),
            agreement=documents.of_trip(session, task.trip, DocumentKind.AGREEMENT),
            receipt=documents.of_trip(session, task.trip, DocumentKind.RECEIPT),
            seen=visibility.of_trip(task.trip, g.actor, g.now),
            photos=photos_of(session, task.trip, g.actor),
            reveals=reveals(session, task.trip, f"/care/{task.id}/reveal", answer),
            **_dial(session, task.id, number),
        )


def dial_box(callback_id: int, *, number: str = "", rung: bool = False, error: str = "") -> str:
    """The part of the page that dials, by itself: nothing that is typed beside it is lost."""
    with runtime().db.reading() as session:
        facts = _dial(session, callback_id, number)
        return render_template("care/dial.html", attempt_no=attempt_no(), mine=True, rung=rung, refused=error, **facts)


def attempt_no() -> int:
    """Which form this is."""
    return request.form.get("attempt_no", 0, type=int)


def _dial(session: Session, callback_id: int, number: str) -> dict[str, object]:
    way = dialling.of_branch(session, g.actor.branch_id)
    return {
        "callback_id": callback_id,
        "number": number,
        "opened": address(way, number) if number else "",
        "extension": session.get_one(Staff, g.actor.id).extension if way.way is DialWay.EXCHANGE else None,
        "by_exchange": way.way is DialWay.EXCHANGE,
    }


def _said(session: Session, task: CallbackTask) -> list[tuple[str, str, CallbackScript]]:
    """What to say in each language of the branch, with the language's own name."""
    return [
        (language, LANGUAGES[language], callback_scripts.spoken(session, task, language, g.actor))
        for language in callback_scripts.languages(task.trip.branch)
    ]
