"""What agents say on callbacks: every version a branch has written, by language. Rows are never changed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.domain.callback_script import PARTS, CallbackScript
from dispatch.store.base import Base
from dispatch.store.staff import Staff


class ScriptVersion(Base):
    """One version of a script, counted from 1; the highest is the one in use."""

    __tablename__ = "callback_script"
    __table_args__ = (UniqueConstraint("branch_id", "language", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    language: Mapped[str] = mapped_column(String(2))
    version: Mapped[int] = mapped_column(Integer)
    greeting: Mapped[str] = mapped_column(Text)
    satisfaction: Mapped[str] = mapped_column(Text)
    badge_worn: Mapped[str] = mapped_column(Text)
    car_checked: Mapped[str] = mapped_column(Text)
    fee_explained: Mapped[str] = mapped_column(Text)
    copy_handed_over: Mapped[str] = mapped_column(Text)
    opinions: Mapped[str] = mapped_column(Text)
    suggestions: Mapped[str] = mapped_column(Text)
    closing: Mapped[str] = mapped_column(Text)
    written_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    written_at: Mapped[datetime]

    author: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)

    def as_script(self) -> CallbackScript:
        """The row as the rules see it."""
        return CallbackScript(**{part: getattr(self, part) for part in PARTS})


def newest(session: Session, branch_id: int, language: str) -> ScriptVersion | None:
    """The version in use; None where the branch has written none."""
    return next(iter(_versions(session, branch_id, language, limit=1)), None)


def versions(session: Session, branch_id: int, language: str) -> list[ScriptVersion]:
    """Every version, newest first."""
    return _versions(session, branch_id, language, limit=None)


def _versions(session: Session, branch_id: int, language: str, limit: int | None) -> list[ScriptVersion]:
    query = select(ScriptVersion).where(ScriptVersion.branch_id == branch_id, ScriptVersion.language == language)
    return list(session.scalars(query.order_by(ScriptVersion.version.desc()).limit(limit)))
