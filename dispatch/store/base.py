"""What every table shares: names of constraints, times in UTC, enumerations by value."""

import enum
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, Integer, MetaData, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC (R8). SQLite has no zones: there the UTC wall clock is stored."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they are the beginning of every wrong due date."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Kilometres(TypeDecorator[Decimal]):
    """Distances and odometer readings with one decimal, stored as a whole number of hundred metres."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: Dialect) -> int | None:
        """One decimal is what odometers and tariffs know."""
        return None if value is None else int(value * 10)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> Decimal | None:
        """Back to kilometres."""
        return None if value is None else Decimal(value) / 10


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """The metadata of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - the name and shape are SQLAlchemy's
        datetime: UtcDateTime(),
        Decimal: Kilometres(),
        dict[str, Any]: Json,
        list[str]: Json,
        list[dict[str, Any]]: Json,
        enum.StrEnum: Enum(
            enum.StrEnum, native_enum=False, length=32, values_callable=lambda cls: [member.value for member in cls]
        ),
    }
