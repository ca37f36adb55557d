"""Signing over HTTP, for API and pages alike: draft, render, store. A repetition gets the first answer (R3)."""

from collections.abc import Callable

from flask import g
from sqlalchemy.orm import Session

from dispatch.domain.commands import SignAgreement, SignReceipt
from dispatch.domain.errors import DomainError
from dispatch.services import signing
from dispatch.store.agreements import Document
from dispatch.web.idempotency import Reply, Submission, once, remembered
from dispatch.web.runtime import runtime


def sign(
    trip_id: int,
    command: SignAgreement | SignReceipt,
    submission: Submission,
    answer: Callable[[Session, Document], Reply],
    explain: Callable[[DomainError], Reply] | None = None,
) -> Reply:
    """Sign a document under a key. The rendering, which takes a moment, lies between two short transactions."""
    known = remembered(runtime().db, submission)
    if known is not None:
        return known
    with runtime().db.reading() as session:
        drawn = signing.draft(session, trip_id, command, g.actor, g.now, keys=runtime().keys)
    sealed = runtime().seals.seal(drawn.office, drawn.render(runtime().renderer), drawn.drawn_at)

    def work(session: Session) -> Reply:
        return answer(session, signing.store(session, drawn, sealed, g.actor))

    return once(runtime().db, submission, g.now, work, explain)
