"""Signing ceremonies and their steps. Steps are only ever added, each chained to the one before it."""

import hashlib
import json
from datetime import UTC, datetime
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, undefer

from dispatch.domain.ceremony import Channel, Kind, Step
from dispatch.domain.inspection import Signer
from dispatch.store.base import Base

_OPEN = text("ended_at IS NULL")


class Ending(StrEnum):
    """Why a ceremony is over."""

    SEALED = auto()
    STARTED_ANEW = auto()
    TRIP_CHANGED = auto()


class Ceremony(Base):
    """One signing: who signs what where, and exactly what was shown. `drawing` is kept from the moment it is drawn.

    `erased_at`: who signed on what device is forgotten; of the steps their order, times and digests are left.
    """

    __tablename__ = "ceremony"
    __table_args__ = (
        Index("uq_ceremony_open", "trip_id", "kind", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), index=True)
    kind: Mapped[Kind]
    channel: Mapped[Channel]
    signer: Mapped[Signer]
    name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(20), default="")
    relation: Mapped[str] = mapped_column(String(40), default="")
    place: Mapped[str] = mapped_column(String(200))
    code_asked: Mapped[bool] = mapped_column(Boolean)
    statements: Mapped[list[str]]
    shown: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    shown_sha256: Mapped[str] = mapped_column(String(64))
    drawing: Mapped[dict[str, Any] | None]
    opened_at: Mapped[datetime]
    drawn_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None]
    erased_at: Mapped[datetime | None]

    events: Mapped[list["CeremonyEvent"]] = relationship(order_by="CeremonyEvent.position", lazy="selectin")

    @property
    def beginning(self) -> str:
        """What the first step is chained to: who signs what on which trip, and what was shown."""
        return _digest([self.id, self.trip_id, self.kind.value, self.channel.value, self.signer.value, self.name,
                        self.phone, self.relation, self.place, self.statements, self.code_asked,
                        self.shown_sha256])  # fmt: skip

    @property
    def holds(self) -> bool:
        """Whether the steps on record are those that were taken, each in its place.

        Once who signed is forgotten, no digest can be made again: then only the places of the steps are looked at.
        """
        previous = self.beginning
        for position, event in enumerate(self.events, start=1):
            if event.position != position:
                return False
            if self.erased_at is None and event.sha256 != event.digest(previous):
                return False
            previous = event.sha256
        return True


class CeremonyEvent(Base):
    """One step: what, when by the server's clock (R8), on which device, from which address, and what was shown."""

    __tablename__ = "ceremony_event"
    __table_args__ = (UniqueConstraint("ceremony_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ceremony_id: Mapped[int] = mapped_column(ForeignKey("ceremony.id"))
    position: Mapped[int] = mapped_column(Integer)
    step: Mapped[Step]
    detail: Mapped[str] = mapped_column(String(40), default="")
    at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(45))
    shown_sha256: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))

    def digest(self, previous: str) -> str:
        """What the next step is chained to: over everything of this one and the step before."""
        return _digest([previous, self.position, self.step.value, self.detail, self.at.astimezone(UTC).isoformat(),
                        self.device, self.address, self.shown_sha256])  # fmt: skip


def open_of_trip(session: Session, trip_id: int, kind: Kind) -> Ceremony | None:
    """The ceremony that is under way; the index makes it one at most."""
    query = select(Ceremony).where(Ceremony.trip_id == trip_id, Ceremony.kind == kind, Ceremony.ended_at.is_(None))
    return session.scalars(query).first()


def of_trip(session: Session, trip_id: int) -> list[Ceremony]:
    """Every ceremony of a trip with what was shown, oldest first."""
    query = select(Ceremony).where(Ceremony.trip_id == trip_id).options(undefer(Ceremony.shown))
    return list(session.scalars(query.order_by(Ceremony.id)))


def code_steps(session: Session, trip_id: int, kind: Kind, since: datetime) -> list[CeremonyEvent]:
    """The steps about one-time codes in every ceremony of a trip and kind, in the order of time."""
    about_codes = CeremonyEvent.step.in_((Step.CODE_SENT, Step.CODE_WRONG, Step.CODE_ENTERED))
    query = select(CeremonyEvent).join(Ceremony, Ceremony.id == CeremonyEvent.ceremony_id)
    found = query.where(Ceremony.trip_id == trip_id, Ceremony.kind == kind, about_codes, CeremonyEvent.at >= since)
    return list(session.scalars(found.order_by(CeremonyEvent.id)))


def append(session: Session, ceremony: Ceremony, step: Step, now: datetime, *, device: str, address: str,
           detail: str = "") -> CeremonyEvent:  # fmt: skip
    """Add a step. Of two at once the database lets one pass: their positions are unique."""
    event = CeremonyEvent(
        ceremony_id=ceremony.id,
        position=len(ceremony.events) + 1,
        step=step,
        detail=detail,
        at=now,
        device=device,
        address=address,
        shown_sha256=ceremony.shown_sha256,
    )
    event.sha256 = event.digest(ceremony.events[-1].sha256 if ceremony.events else ceremony.beginning)
    ceremony.events.append(event)
    session.flush()
    return event


def _digest(told: list[Any]) -> str:
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()
