"""signing goes step by step, each kept with time, device, address and what was shown."""

import sqlalchemy as sa
from alembic import op

from dispatch.store.base import Json, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")


def _enum(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "ceremony",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("kind", _enum("agreement", "receipt", name="kind"), nullable=False),
        sa.Column("channel", _enum("driver_phone", "customer_link", name="channel"), nullable=False),
        sa.Column("signer", _enum("customer", "companion", name="signer"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("code_asked", sa.Boolean(), nullable=False),
        sa.Column("statements", Json, nullable=False),
        sa.Column("shown", Json, nullable=False),
        sa.Column("shown_sha256", sa.String(length=64), nullable=False),
        sa.Column("drawing", Json, nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ending", _enum("sealed", "started_anew", "trip_changed", name="ending"), nullable=True),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_ceremony_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ceremony")),
    )
    op.create_index(op.f("ix_ceremony_trip_id"), "ceremony", ["trip_id"], unique=False)
    op.create_index(
        "uq_ceremony_open", "ceremony", ["trip_id", "kind"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "ceremony_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ceremony_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            _enum("opened", "read", "confirmed", "code_sent", "code_wrong", "code_entered", "signed", name="step"),
            nullable=False,
        ),
        sa.Column("detail", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("shown_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["ceremony_id"], ["ceremony.id"], name=op.f("fk_ceremony_event_ceremony_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ceremony_event")),
        sa.UniqueConstraint("ceremony_id", "position", name=op.f("uq_ceremony_event_ceremony_id_position")),
    )
    with op.batch_alter_table("signature") as batch_op:
        batch_op.add_column(sa.Column("phone", sa.String(length=20), nullable=False, server_default=""))
    with op.batch_alter_table("signature") as batch_op:
        batch_op.alter_column("phone", server_default=None)
    with op.batch_alter_table("branch") as batch_op:
        batch_op.add_column(sa.Column("code_for_signing", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("branch") as batch_op:
        batch_op.alter_column("code_for_signing", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("branch") as batch_op:
        batch_op.drop_column("code_for_signing")
    with op.batch_alter_table("signature") as batch_op:
        batch_op.drop_column("phone")
    op.drop_table("ceremony_event")
    op.drop_index("uq_ceremony_open", table_name="ceremony")
    op.drop_index(op.f("ix_ceremony_trip_id"), table_name="ceremony")
    op.drop_table("ceremony")
