"""Staff, their sessions and API tokens. Secrets are stored as digests only."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from dispatch.domain.roles import Role
from dispatch.store.base import Base
from dispatch.store.branches import Branch


class Staff(Base):
    """Somebody who signs in. Drivers have a driver's file beside it."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("branch_id", "extension"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), index=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    roles: Mapped[list[str]]
    password_hash: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(8), default="zh")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    extension: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime]

    branch: Mapped[Branch] = relationship(lazy="joined", innerjoin=True)

    @property
    def role_set(self) -> frozenset[Role]:
        """The roles held."""
        return frozenset(Role(role) for role in self.roles)


class SignIn(Base):
    """A session in the database: a new id at every sign-in, revocable."""

    __tablename__ = "sign_in"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    staff: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)


class ApiToken(Base):
    """A machine's key: it acts as one staff member."""

    __tablename__ = "api_token"
    __table_args__ = (Index("ix_api_token_staff", "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    label: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)


def by_login(session: Session, login: str) -> Staff | None:
    """The staff member with this sign-in name, whatever the case typed."""
    return session.scalars(select(Staff).where(Staff.login == login.strip().lower())).first()


def name_of(session: Session, staff_id: int) -> str:
    """The name of a staff member; '' for an unknown one."""
    found = session.get(Staff, staff_id)
    return "" if found is None else found.name


def page(session: Session, branch_id: int, *, before: int | None = None, limit: int = 50) -> list[Staff]:
    """Staff of a branch, who came last first; those before an id."""
    query = select(Staff).where(Staff.branch_id == branch_id)
    if before is not None:
        query = query.where(Staff.id < before)
    return list(session.scalars(query.order_by(Staff.id.desc()).limit(limit)))


def of_branch(session: Session, branch_id: int) -> list[Staff]:
    """A branch's people who may sign in, by name."""
    query = select(Staff).where(Staff.branch_id == branch_id, Staff.active)
    return list(session.scalars(query.order_by(Staff.name, Staff.id)))
