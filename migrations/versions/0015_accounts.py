"""Accounts of venues and companies: callers, trips on account, ledger, monthly statements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from dispatch.store.base import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_KIND = sa.Enum(
    "restaurant", "hotel", "bar", "company", "other", name="accountkind", native_enum=False, length=32
)  # fmt: skip
_ENTRY = sa.Enum("fare", "correction", "payment", name="entrykind", native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("kind", _KIND, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("contact_name", sa.String(length=80), nullable=False),
        sa.Column("contact_phone", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("billing_email", sa.String(length=200), nullable=False),
        sa.Column("limit_fen", sa.Integer(), nullable=False),
        sa.Column("payment_days", sa.Integer(), nullable=False),
        sa.Column("stopped_reason", sa.String(length=200), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_account_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("branch_id", "name", name=op.f("uq_account_branch_id_name")),
    )
    op.create_table(
        "account_caller",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_caller_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_caller")),
        sa.UniqueConstraint("account_id", "phone", name=op.f("uq_account_caller_account_id_phone")),
    )
    op.create_index(op.f("ix_account_caller_phone"), "account_caller", ["phone"])
    with op.batch_alter_table("trip") as batch:
        batch.add_column(sa.Column("account_id", sa.Integer(), nullable=True))
        batch.create_index("ix_trip_account", ["account_id", "id"])
        batch.create_foreign_key(op.f("fk_trip_account_id"), "account", ["account_id"], ["id"])
    op.create_table(
        "account_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", _ENTRY, nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_entry_account_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["account_entry.id"], name=op.f("fk_account_entry_reverses_id")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_account_entry_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_entry")),
        sa.UniqueConstraint("account_id", "source", name=op.f("uq_account_entry_account_id_source")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_account_entry_reverses_id")),
    )
    op.create_index("ix_account_entry_day", "account_entry", ["account_id", "day", "id"])
    op.create_index(op.f("ix_account_entry_trip_id"), "account_entry", ["trip_id"])
    op.create_table(
        "account_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("opening_fen", sa.Integer(), nullable=False),
        sa.Column("charged_fen", sa.Integer(), nullable=False),
        sa.Column("paid_fen", sa.Integer(), nullable=False),
        sa.Column("closing_fen", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("addressee", _JSON, nullable=False),
        sa.Column("lines", _JSON, nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("to_mail", sa.Boolean(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("mail_key", sa.String(length=64), nullable=True),
        sa.Column("looked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_statement_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_statement")),
        sa.UniqueConstraint("account_id", "month", name=op.f("uq_account_statement_account_id_month")),
    )


def downgrade() -> None:
    op.drop_table("account_statement")
    op.drop_table("account_entry")
    with op.batch_alter_table("trip") as batch:
        batch.drop_constraint(op.f("fk_trip_account_id"), type_="foreignkey")
        batch.drop_index("ix_trip_account")
        batch.drop_column("account_id")
    op.drop_table("account_caller")
    op.drop_table("account")
