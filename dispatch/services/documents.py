"""Signed documents: reading them, and telling genuine from altered (R9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, undefer

from contracts.digest import CHAIN_START, chained, number_of, sha256
from dispatch.domain.errors import N_, NotFound
from dispatch.domain.events import Event
from dispatch.domain.roles import Actor, Permission, Role
from dispatch.services import trips
from dispatch.services.announce import announce
from dispatch.store import agreements
from dispatch.store.agreements import Document, DocumentKind
from dispatch.store.trips import Trip

_BATCH = 50


class Verdict(StrEnum):
    """What a document turned out to be."""

    GENUINE = auto()
    SUPERSEDED = auto()  # genuine, but signed anew since
    ALTERED = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Verification:
    """What a stranger may be told: no name, no address, no amount."""

    verdict: Verdict
    number: str = ""
    kind: DocumentKind | None = None
    signed_at: datetime | None = None
    sha256: str = ""


def of_trip(session: Session, trip: Trip, kind: DocumentKind) -> Document | None:
    """The trip's agreement or receipt in force, without its bytes."""
    return agreements.of_trip(session, trip.id, kind)


def open_for(session: Session, trip_id: int, kind: DocumentKind, actor: Actor, now: datetime) -> Document:
    """A document with its bytes, for managers and the trip's own driver. A manager's reading is in the journal.

    Raises NotFound when there is none, or not for this actor.
    """
    trip = trips.find(session, trip_id, actor)
    if not (actor.may(Permission.AGREEMENT_DOWNLOAD) or trip.driver_id == actor.driver_id):
        raise NotFound("document_unknown", N_("There is no such document"))
    found = with_pdf(session, trip, kind)
    if actor.has(Role.MANAGER):
        event = Event("document.read", {"trip": trip.number, "number": found.number})
        announce(session, event, actor, now, subject="trip", subject_id=trip.id)
    return found


def with_pdf(session: Session, trip: Trip, kind: DocumentKind) -> Document:
    """The trip's document in force, with its bytes. Raises NotFound."""
    query = select(Document).where(Document.trip_id == trip.id, Document.kind == kind, Document.superseded_at.is_(None))
    found = session.scalars(query.options(undefer(Document.pdf))).first()
    if found is None:
        raise NotFound("document_unknown", N_("There is no such document"))
    return found


def verify(session: Session, pdf: bytes) -> Verification:
    """Whether these bytes are a document of ours, unchanged."""
    found = agreements.by_sha256(session, sha256(pdf))
    if found is not None:
        return _told(found)
    claimed = number_of(pdf)
    if claimed is not None and agreements.by_number(session, claimed) is not None:
        return Verification(Verdict.ALTERED, number=claimed)
    return Verification(Verdict.UNKNOWN)


def verify_number(session: Session, number: str) -> Verification:
    """What is on record under a number."""
    found = agreements.by_number(session, number.strip().upper())
    return Verification(Verdict.UNKNOWN) if found is None else _told(found)


def broken_links(session: Session, branch_id: int) -> Iterator[str]:
    """Numbers of documents whose bytes or place in the chain are not what was stored; nothing when all is well."""
    previous, position = CHAIN_START, 0
    while batch := list(session.scalars(_after(branch_id, position))):
        for document in batch:
            own = sha256(document.pdf)
            if own != document.sha256 or chained(previous, own) != document.chain_sha256:
                yield document.number
            previous, position = document.chain_sha256, document.chain_position
            session.expunge(document)


def _after(branch_id: int, position: int) -> Select[Document]:
    return (
        select(Document)
        .where(Document.branch_id == branch_id, Document.chain_position > position)
        .options(undefer(Document.pdf))
        .order_by(Document.chain_position)
        .limit(_BATCH)
    )


def _told(found: Document) -> Verification:
    verdict = Verdict.GENUINE if found.superseded_at is None else Verdict.SUPERSEDED
    return Verification(verdict, found.number, found.kind, found.signed_at, found.sha256)
