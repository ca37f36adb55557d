"""where drivers went, and by how much their phones' clocks differ from ours."""

import sqlalchemy as sa
from alembic import op

from dispatch.store.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WHOLE = sa.text("NOT thinned")


def upgrade() -> None:
    op.create_table(
        "track",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=True),
        sa.Column("begins_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("points", sa.LargeBinary(), nullable=False),
        sa.Column("thinned", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["driver_id"], ["driver.id"], name=op.f("fk_track_driver_id")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_track_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track")),
        sa.UniqueConstraint("driver_id", "begins_at", name=op.f("uq_track_driver_id_begins_at")),
        postgresql_with={"fillfactor": 60},
    )
    op.create_index("ix_track_trip_id", "track", ["trip_id"], unique=False)
    op.create_index("ix_track_whole", "track", ["begins_at"], unique=False, sqlite_where=WHOLE, postgresql_where=WHOLE)
    op.add_column("driver_position", sa.Column("clock_s", sa.Float(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("driver_position") as batch:
        batch.drop_column("clock_s")
    op.drop_table("track")
