"""A branch: one city office with its form, time zone, hours and company seal."""

from datetime import time
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, Integer, String, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain.dispatching import DispatchMode
from dispatch.store.base import Base


class Branch(Base):
    """Everything that belongs to an office hangs on its branch."""

    __tablename__ = "branch"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    company_name: Mapped[str] = mapped_column(String(120))
    registration: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    city: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(20))
    area_code: Mapped[str] = mapped_column(String(6), default="")
    timezone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    form: Mapped[str] = mapped_column(String(1))
    document_language: Mapped[str] = mapped_column(String(8), default="zh")
    offer_seconds: Mapped[int] = mapped_column(Integer, default=30)
    dispatch_mode: Mapped[DispatchMode] = mapped_column(default=DispatchMode.MANUAL, server_default="manual")
    ask_at_once: Mapped[int] = mapped_column(Integer, default=3, server_default="3")
    assign_directly: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    search_radius_km: Mapped[int] = mapped_column(Integer, default=10, server_default="10")
    release_minutes: Mapped[int] = mapped_column(Integer, default=30, server_default="30")
    nobody_minutes: Mapped[int] = mapped_column(Integer, default=5, server_default="5")
    give_up_minutes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    declines_to_pause: Mapped[int] = mapped_column(Integer, default=3, server_default="3")
    declines_within_minutes: Mapped[int] = mapped_column(Integer, default=30, server_default="30")
    pause_minutes: Mapped[int] = mapped_column(Integer, default=15, server_default="15")
    callback_workdays: Mapped[int] = mapped_column(Integer, default=1)
    service_day_cutover: Mapped[time] = mapped_column(default=time(6))
    calling_from: Mapped[time] = mapped_column(default=time(10))
    calling_until: Mapped[time] = mapped_column(default=time(20))
    max_shift_hours: Mapped[int] = mapped_column(Integer, default=12)
    min_rest_hours: Mapped[int] = mapped_column(Integer, default=8)
    totp_for_managers: Mapped[bool] = mapped_column(Boolean, default=False)
    code_for_signing: Mapped[bool] = mapped_column(Boolean, default=False)
    sms_on: Mapped[bool] = mapped_column(Boolean, default=True)
    webhook_url: Mapped[str | None] = mapped_column(String(400))
    webhook_secret: Mapped[str | None] = mapped_column(String(128))
    calls_secret: Mapped[str | None] = mapped_column(String(128))

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the branch's people read clocks."""
        return ZoneInfo(self.timezone)


def that_ask_by_themselves(session: Session) -> list[Branch]:
    """Branches whose offers go out without the desk."""
    return list(session.scalars(select(Branch).where(Branch.dispatch_mode != DispatchMode.MANUAL).order_by(Branch.id)))


def any_branch(session: Session) -> Branch | None:
    """The first branch; None on an installation that was never set up."""
    return session.scalars(select(Branch).order_by(Branch.id).limit(1)).first()
