"""Giving and withdrawing: written down with who heard it and how; what depends on it follows at once."""

from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.domain import consent
from dispatch.domain.consent import How, Purpose
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor
from dispatch.services import callbacks, customers
from dispatch.services.announce import announce
from dispatch.store import consents as store
from dispatch.store.consents import Consent
from dispatch.store.trips import Trip


def say(
    session: Session,
    customer_id: int,
    purpose: Purpose,
    actor: Actor,
    now: datetime,
    *,
    given: bool,
    how: How,
    note: str,
) -> None:
    """Write down what a customer said to somebody. Raises NotFound, Refused for the service itself, Invalid."""
    customer = customers.locked(session, customer_id, actor)
    _write(session, customer.id, purpose, actor, now, given=given, how=how, note=note)


def say_by_link(session: Session, trip: Trip, purpose: Purpose, actor: Actor, now: datetime, *, given: bool) -> None:
    """Write down what the customer says by the link of a trip."""
    _write(session, trip.customer_id, purpose, actor, now, given=given, how=How.LINK, note="")


def _write(
    session: Session,
    customer_id: int,
    purpose: Purpose,
    actor: Actor,
    now: datetime,
    *,
    given: bool,
    how: How,
    note: str,
) -> None:
    consent.check(purpose, note)
    if purpose is Purpose.QUALITY and not given and store.is_allowed(session, customer_id, purpose):
        callbacks.stop_calling(session, customer_id, purpose, actor, now, reason=note, how=how)
    else:
        session.add(
            Consent(
                customer_id=customer_id, purpose=purpose, given=given, at=now, how=how, by=actor.id or None,
                by_name=actor.name if actor.id else "", note=note.strip(),
            )
        )  # fmt: skip
    event = Event(
        "customer.consent", {"purpose": purpose.value, "said": "given" if given else "withdrawn", "how": how.value}
    )
    announce(session, event, actor, now, subject="customer", subject_id=customer_id)
