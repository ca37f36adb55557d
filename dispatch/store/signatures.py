"""Signatures drawn by finger, kept as strokes with their timing."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.domain.inspection import Signer
from dispatch.store.base import Base


class SignedFor(StrEnum):
    """What a signature stands under."""

    CONDITION = auto()
    AGREEMENT = auto()
    DESTINATION = auto()
    RECEIPT = auto()


class SignatureRow(Base):
    """One signature. Nothing that was signed is ever edited."""

    __tablename__ = "signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), index=True)
    signed_for: Mapped[SignedFor]
    signer: Mapped[Signer]
    name: Mapped[str] = mapped_column(String(80))
    relation: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    drawing: Mapped[dict[str, Any]]
    width: Mapped[float] = mapped_column(Float)
    height: Mapped[float] = mapped_column(Float)
    signed_at: Mapped[datetime]
