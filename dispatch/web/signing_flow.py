"""Signing over HTTP, for API and pages alike: keep what was drawn, print, seal, store. Repeating is harmless (R3)."""

from collections.abc import Callable

from flask import g, request
from sqlalchemy.orm import Session

from dispatch.domain.ceremony import Channel
from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Actor
from dispatch.services import ceremonies, signing
from dispatch.services.ceremonies import Drawing, Hand, Where
from dispatch.store.agreements import Document
from dispatch.web.idempotency import Reply, Submission, once, remembered
from dispatch.web.runtime import runtime

Answer = Callable[[Session, Document], Reply]
Explain = Callable[[DomainError], Reply]


def hand(trip_id: int, actor: Actor, channel: Channel) -> Hand:
    """Whoever sends this request, for a step of a signing on this phone."""
    where = Where.of(request.headers.get("User-Agent", ""), request.remote_addr or "")
    return Hand(trip_id, actor, channel, where, g.now)


def sign(
    by: Hand,
    ceremony_id: int,
    shown_sha256: str,
    drawing: Drawing,
    submission: Submission,
    *,
    answer: Answer,
    explain: Explain | None = None,
) -> Reply:
    """Keep the signature, then make its document. It is kept in a transaction of its own: when the document cannot be
    made just now, nobody has to draw again.
    """
    known = remembered(runtime().db, submission)
    if known is not None:
        return known
    with runtime().db.transaction() as session:
        ceremonies.draw(session, by, ceremony_id, shown_sha256, drawing, keys=runtime().keys)
    return seal(by, ceremony_id, submission, answer, explain)


def seal(by: Hand, ceremony_id: int, submission: Submission, answer: Answer, explain: Explain | None = None) -> Reply:
    """Make the document of a drawn signature, and move the trip on. Printing lies between two short transactions."""
    known = remembered(runtime().db, submission)
    if known is not None:
        return known
    with runtime().db.reading() as session:
        drawn = signing.draft(session, by.trip_id, ceremony_id, by.actor, keys=runtime().keys)
    sealed = runtime().seals.seal(drawn.office, drawn.render(runtime().renderer), drawn.drawn_at)

    def work(session: Session) -> Reply:
        return answer(session, signing.store(session, drawn, sealed, by.actor))

    return once(runtime().db, submission, g.now, work, explain)
