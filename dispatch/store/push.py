"""Phones that offers are pushed to. A subscription lives as long as the session it was made in: who signs out, has a
new password or leaves gets nothing more."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base
from dispatch.store.drivers import Driver
from dispatch.store.staff import SignIn


class PushSubscription(Base):
    """Where a browser's push service takes messages for it, and the keys that only it can open them with."""

    __tablename__ = "push_subscription"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_sha256: Mapped[bytes] = mapped_column(
        LargeBinary(32), ForeignKey("sign_in.token_sha256", ondelete="CASCADE"), index=True
    )
    endpoint: Mapped[str] = mapped_column(String(500), unique=True)
    p256dh: Mapped[str] = mapped_column(String(100))
    auth: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]


def of_drivers(session: Session, driver_ids: Collection[int], now: datetime) -> list[tuple[PushSubscription, str]]:
    """The phones of these drivers that are signed in, each with the language its driver reads."""
    query = (
        select(PushSubscription, SignIn)
        .join(SignIn, SignIn.token_sha256 == PushSubscription.session_sha256)
        .join(Driver, Driver.staff_id == SignIn.staff_id)
        .where(Driver.id.in_(driver_ids), SignIn.expires_at > now)
        .order_by(PushSubscription.id)
    )
    return [(phone, sign_in.staff.locale) for phone, sign_in in session.execute(query)]


def at(session: Session, endpoint: str) -> PushSubscription | None:
    """The subscription with this address."""
    return session.scalars(select(PushSubscription).where(PushSubscription.endpoint == endpoint)).first()


def remove(session: Session, endpoint: str) -> None:
    """Forget an address: the phone does not want messages any more, or its push service knows it no longer."""
    session.execute(delete(PushSubscription).where(PushSubscription.endpoint == endpoint))
