"""What customers ask for and say by their link; cases about traffic violations."""

import sqlalchemy as sa
from alembic import op

from dispatch.store.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_OPEN = sa.text("decided_at IS NULL")
_KIND = sa.Enum("complaint", "violation", name="casekind", native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "phone_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_phone_correction_branch_id")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_phone_correction_trip_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_phone_correction_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_correction")),
    )
    op.create_index(
        "uq_phone_correction_open",
        "phone_correction",
        ["trip_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_phone_correction_branch", "phone_correction", ["branch_id", "decided_at"])
    op.create_table(
        "link_rating",
        sa.Column("trip_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_link_rating_trip_id")),
        sa.PrimaryKeyConstraint("trip_id", name=op.f("pk_link_rating")),
    )
    op.add_column("complaint", sa.Column("kind", _KIND, server_default="complaint", nullable=False))


def downgrade() -> None:
    op.drop_column("complaint", "kind")
    op.drop_table("link_rating")
    op.drop_table("phone_correction")
