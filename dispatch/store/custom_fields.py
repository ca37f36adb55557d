"""Fields that a manager added to customers' profiles. One that is taken off keeps its answers, and can come back."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain.custom_fields import CustomField, FieldKind
from dispatch.store.base import Base


class CustomFieldRow(Base):
    """One field of a branch. Its kind never changes: the answers are of that kind."""

    __tablename__ = "custom_field"
    __table_args__ = (Index("ix_custom_field_branch", "branch_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[FieldKind]
    choices: Mapped[list[str]]
    position: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime]

    def to_domain(self) -> CustomField:
        """The field as the rules see it."""
        return CustomField(self.id, self.name, self.kind, tuple(self.choices))


def of_branch(session: Session, branch_id: int, *, all_of_them: bool = False) -> list[CustomFieldRow]:
    """The fields in their order; those taken off only when all are asked for."""
    query = select(CustomFieldRow).where(CustomFieldRow.branch_id == branch_id)
    if not all_of_them:
        query = query.where(CustomFieldRow.active)
    return list(session.scalars(query.order_by(CustomFieldRow.position, CustomFieldRow.id)))
