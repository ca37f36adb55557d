"""The search table: one line for each number, plate, name and address of a customer, written with what it is of.

Fragments of three characters and more are found by trigrams (PostgreSQL's pg_trgm), shorter ones by their grams, which
are kept on PostgreSQL only: SQLite reads the lines through.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, Text, delete, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from dispatch.domain.searching import SHORT, SearchKind, grams
from dispatch.store.base import Base

_GRAMS = ARRAY(Text).with_variant(JSON(none_as_null=True), "sqlite")


class SearchLine(Base):
    """One thing that a customer can be found by, in the form in which it is compared."""

    __tablename__ = "customer_search"
    __table_args__ = (
        Index("ix_customer_search_customer", "customer_id"),
        Index("ix_customer_search_text", "text", postgresql_using="gin", postgresql_ops={"text": "gin_trgm_ops"}),
        Index("ix_customer_search_grams", "grams", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    kind: Mapped[SearchKind]
    text: Mapped[str] = mapped_column(Text)
    grams: Mapped[list[str] | None] = mapped_column(_GRAMS)


@dataclass(frozen=True, slots=True)
class Found:
    """A line that holds the fragment."""

    customer_id: int
    kind: SearchKind


Line = tuple[SearchKind, str]


def lines_of(session: Session, customer_id: int) -> set[Line]:
    """What a customer can be found by."""
    query = select(SearchLine.kind, SearchLine.text).where(SearchLine.customer_id == customer_id)
    return {(kind, text) for kind, text in session.execute(query)}


def add(session: Session, branch_id: int, customer_id: int, lines: Collection[Line]) -> None:
    """Make a customer findable by these as well."""
    on_postgres = session.get_bind().dialect.name == "postgresql"
    session.add_all(
        SearchLine(
            branch_id=branch_id,
            customer_id=customer_id,
            kind=kind,
            text=text,
            grams=grams(text) if on_postgres else None,
        )
        for kind, text in sorted(lines)
    )


def remove(session: Session, customer_id: int, lines: Collection[Line]) -> None:
    """Make a customer findable by these no more."""
    for kind, text in lines:
        session.execute(
            delete(SearchLine).where(
                SearchLine.customer_id == customer_id, SearchLine.kind == kind, SearchLine.text == text
            )
        )


def containing(session: Session, branch_id: int, fragment: str, *, limit: int) -> list[Found]:
    """Lines that hold a fragment (in the form of `searching.normalised`), at most so many, in no order."""
    query = select(SearchLine.customer_id, SearchLine.kind).where(SearchLine.branch_id == branch_id)
    if len(fragment) <= SHORT and session.get_bind().dialect.name == "postgresql":
        query = query.where(SearchLine.grams.contains([fragment]))
    else:
        query = query.where(SearchLine.text.contains(fragment, autoescape=True))
    return [Found(customer_id, kind) for customer_id, kind in session.execute(query.limit(limit))]
