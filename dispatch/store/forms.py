"""Agreement forms that managers published: documents as written, frozen. Others come with the service, as files."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.store.base import Base


class AgreementForm(Base):
    """One published version. Trips and documents refer to it by its version for ever."""

    __tablename__ = "agreement_form"
    __table_args__ = (
        UniqueConstraint("branch_id", "version"),
        Index("uq_agreement_form_day", "branch_id", "form", "valid_from", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    form: Mapped[str] = mapped_column(String(1))
    version: Mapped[str] = mapped_column(String(16))
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[date]
    published_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime]


def of_branch(session: Session, branch_id: int) -> list[AgreementForm]:
    """Every version that the branch published, oldest first."""
    query = select(AgreementForm).where(AgreementForm.branch_id == branch_id)
    return list(session.scalars(query.order_by(AgreementForm.valid_from, AgreementForm.id)))


def by_version(session: Session, branch_id: int, version: str) -> AgreementForm | None:
    """A version of the branch's own."""
    query = select(AgreementForm).where(AgreementForm.branch_id == branch_id, AgreementForm.version == version)
    return session.scalars(query).first()
