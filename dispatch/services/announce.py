"""Telling what happened: a journal row always, and messages to the outside, in the transaction they report."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services import messages, pushing
from dispatch.store import journal, offers, outbox
from dispatch.store.branches import Branch
from dispatch.store.offers import OfferState
from dispatch.store.trips import Trip


def announce(
    session: Session,
    event: Event,
    actor: Actor,
    now: datetime,
    *,
    subject: str,
    subject_id: int,
    concerns: Collection[int] = (),
) -> None:
    """Write an event to the journal, and to the branch's webhook when it has one.

    `concerns` are those who follow it besides the office: drivers of a trip, agents of a call.
    """
    journal.append(
        session,
        journal.JournalEntry(
            branch_id=actor.branch_id,
            at=now,
            actor_id=actor.id,
            actor_name=actor.name,
            type=event.type,
            subject=subject,
            subject_id=subject_id,
            payload=event.data,
            concerns=sorted(concerns) or None,
        ),
    )
    branch = session.get_one(Branch, actor.branch_id)
    if branch.webhook_url:
        body = {"type": event.type, "at": now.isoformat(), "subject": subject, "id": subject_id, "data": event.data}
        put(session, branch.id, now, channel="webhook", recipient=branch.webhook_url, body=body)


def announce_trip(session: Session, event: Event, trip: Trip, actor: Actor, now: datetime) -> None:
    """Write an event of a trip, and tell the customer what concerns them."""
    concerned = _drivers_concerned(session, trip, now) if event.type != "trip.book" else ()
    announce(session, event, actor, now, subject="trip", subject_id=trip.id, concerns=concerned)
    text = messages.for_event(event.type, trip)
    if text is not None and trip.branch.sms_on:
        body = {"text": text, "trip_id": trip.id}
        put(session, trip.branch_id, now, channel="sms", recipient=trip.caller_phone, body=body)
    for address, body in pushing.for_event(session, event.type, trip, now):
        put(session, trip.branch_id, now, channel="push", recipient=address, body=body)


def _drivers_concerned(session: Session, trip: Trip, now: datetime) -> set[int]:
    """Who has the trip or an offer of it, or has just lost it: to their phones something has changed."""
    asked = {
        offer.driver_id
        for offer in offers.of_trip(session, trip.id)
        if offer.state is OfferState.OPEN or offer.answered_at == now
    }
    return asked | ({trip.driver_id} if trip.driver_id is not None else set())


def put(
    session: Session, branch_id: int, now: datetime, *,
    channel: str, recipient: str, body: dict[str, Any],
    not_before: datetime | None = None, not_after: datetime | None = None,
) -> None:  # fmt: skip
    """Leave a message for the sender, to go at once or not before a moment; after `not_after` it is not sent any more.

    Its key lets the receiver recognise a second delivery.
    """
    session.add(
        outbox.OutboxMessage(
            branch_id=branch_id,
            key=secrets.token_hex(16),
            channel=channel,
            recipient=recipient,
            body=body,
            not_before=not_before or now,
            not_after=not_after,
            created_at=now,
        )
    )
