"""Keeping signatures."""

from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.domain.inspection import Signature
from dispatch.store.signatures import SignatureRow, SignedFor
from dispatch.store.trips import Trip


def keep(session: Session, trip: Trip, signed_for: SignedFor, signature: Signature, now: datetime) -> SignatureRow:
    """Store a signature as it was drawn. The time is the server's: a phone's clock proves nothing (R8)."""
    row = SignatureRow(
        trip_id=trip.id,
        signed_for=signed_for,
        signer=signature.signer,
        name=signature.name.strip(),
        relation=signature.relation.strip(),
        phone=signature.phone,
        drawing={"strokes": [[list(point) for point in stroke] for stroke in signature.strokes]},
        width=signature.width,
        height=signature.height,
        signed_at=now,
    )
    session.add(row)
    session.flush()
    return row
