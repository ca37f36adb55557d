"""Condition reports. One that was stepped back from stays on record as superseded."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, Numeric, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.domain.errors import N_, NotFound
from dispatch.domain.inspection import Intoxication
from dispatch.store.base import Base
from dispatch.store.signatures import SignatureRow


class ConditionReport(Base):
    """What driver and customer found before departure, signed (P2, P3).

    `noted`: the customer's state; None once it has had its time.
    """

    __tablename__ = "condition_report"
    __table_args__ = (
        Index(
            "uq_condition_report_trip",
            "trip_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    panels: Mapped[dict[str, Any]]
    safety: Mapped[dict[str, Any]]
    insurance: Mapped[dict[str, Any]]
    odometer_km: Mapped[Decimal]
    fuel_percent: Mapped[int] = mapped_column(Integer)
    noted: Mapped[Intoxication | None] = mapped_column("intoxication")
    companion_name: Mapped[str] = mapped_column(String(80), default="")
    companion_sober: Mapped[bool] = mapped_column(Boolean, default=False)
    driver_sober: Mapped[bool] = mapped_column(Boolean)
    breath_mg: Mapped[Decimal | None] = mapped_column(Numeric(5, 2, asdecimal=True))
    belongings_note: Mapped[str] = mapped_column(Text, default="")
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"))
    inspected_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    signature: Mapped[SignatureRow] = relationship(lazy="joined", innerjoin=True)

    @property
    def intoxication(self) -> Intoxication:
        """The customer's state, which is there while the trip goes on. Raises NotFound once it was erased."""
        if self.noted is None:
            raise NotFound("state_erased", N_("The customer’s state was erased when its time was over"))
        return self.noted


def of_trip(session: Session, trip_id: int) -> ConditionReport | None:
    """The report in force."""
    query = select(ConditionReport).where(ConditionReport.trip_id == trip_id, ConditionReport.superseded_at.is_(None))
    return session.scalars(query).first()


def all_of_trip(session: Session, trip_id: int) -> list[ConditionReport]:
    """Every report of the trip, those set aside first."""
    query = select(ConditionReport).where(ConditionReport.trip_id == trip_id)
    return list(session.scalars(query.order_by(ConditionReport.id)))
