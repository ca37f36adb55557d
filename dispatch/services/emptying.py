"""Rows that stay when what they say of a person goes: other rows, figures or evidence hang on them.

Each statement names only what is still there, so that of two sweeps at once each row counts for one of them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Delete, Update, select, update
from sqlalchemy.orm import Session

from dispatch.domain.erasure import ERASED
from dispatch.store.ceremonies import Ceremony, CeremonyEvent
from dispatch.store.complaints import ComplaintRow
from dispatch.store.inspections import ConditionReport
from dispatch.store.signatures import SignatureRow

Keys = Sequence[Any]


def signings(session: Session, ceremonies: Keys, now: datetime) -> int:
    """Forget who signed on what device; the steps stay in their order, with their times and digests."""
    empty: dict[str, Any] = {
        "name": ERASED,
        "phone": "",
        "relation": "",
        "place": "",
        "shown": {},
        "drawing": None,
        "erased_at": now,
    }
    wanted = update(Ceremony).where(Ceremony.id.in_(ceremonies), Ceremony.erased_at.is_(None)).values(**empty)
    done = count(session, wanted)
    steps = update(CeremonyEvent).where(CeremonyEvent.ceremony_id.in_(ceremonies)).values(device="", address="")
    count(session, steps)
    return done


def signatures(session: Session, ceremonies: Keys) -> None:
    """Forget the drawn signatures of the trips of these ceremonies; sealed documents hold their own."""
    trips = select(Ceremony.trip_id).where(Ceremony.id.in_(ceremonies))
    drawn = update(SignatureRow).where(SignatureRow.trip_id.in_(trips))
    count(session, drawn.values(name=ERASED, relation="", phone="", drawing={"strokes": []}))


def states(session: Session, reports: Keys, _now: datetime) -> int:
    """Forget how drunk somebody was; that the check was made, and what it found of the car, stays."""
    wanted = update(ConditionReport).where(ConditionReport.id.in_(reports), ConditionReport.noted.is_not(None))
    return count(session, wanted.values(noted=None, breath_mg=None))


def contacts(session: Session, cases: Keys, _now: datetime) -> int:
    """Forget who complained and how to reach them; the case and what was learnt from it stay."""
    wanted = update(ComplaintRow).where(ComplaintRow.id.in_(cases), ComplaintRow.contact_name != ERASED)
    return count(session, wanted.values(contact_name=ERASED, contact_phone="", contact_address=""))


def count(session: Session, statement: Delete | Update) -> int:
    """Carry out a statement; answers for how many rows."""
    return session.connection().execute(statement).rowcount
