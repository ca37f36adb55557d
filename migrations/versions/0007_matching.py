"""drivers are asked by themselves: the branch's way of it, what is known of drivers, how long a trip is sought for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from dispatch.store.base import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BRANCH_NUMBERS = {
    "ask_at_once": 3,
    "search_radius_km": 10,
    "release_minutes": 30,
    "nobody_minutes": 5,
    "give_up_minutes": 0,
    "declines_to_pause": 3,
    "declines_within_minutes": 30,
    "pause_minutes": 15,
}
ASKED_BY_ITSELF = sa.text("state = 'open' AND automatic")


def upgrade() -> None:
    op.add_column("branch", sa.Column("dispatch_mode", sa.String(32), nullable=False, server_default="manual"))
    op.add_column("branch", sa.Column("assign_directly", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name, value in BRANCH_NUMBERS.items():
        op.add_column("branch", sa.Column(name, sa.Integer(), nullable=False, server_default=str(value)))
    op.add_column("driver", sa.Column("means", sa.String(32), nullable=False, server_default="bike"))
    op.add_column("driver", sa.Column("home_lat", sa.Float(), nullable=True))
    op.add_column("driver", sa.Column("home_lon", sa.Float(), nullable=True))
    op.add_column("driver", sa.Column("paused_until", UtcDateTime(), nullable=True))
    op.add_column("driver", sa.Column("pause_reason", sa.String(32), nullable=True))
    op.add_column("driver", sa.Column("declines_counted_from", UtcDateTime(), nullable=True))
    op.add_column("shift", sa.Column("heading_home_at", UtcDateTime(), nullable=True))
    op.add_column("trip", sa.Column("sought_since", UtcDateTime(), nullable=True))
    op.add_column("trip", sa.Column("nobody_told_at", UtcDateTime(), nullable=True))
    op.add_column(
        "trip",
        sa.Column("nobody_why", sa.JSON(none_as_null=True).with_variant(JSONB(), "postgresql"), nullable=True),
    )
    op.add_column("offer", sa.Column("automatic", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "uq_offer_open_automatic_driver",
        "offer",
        ["driver_id"],
        unique=True,
        sqlite_where=ASKED_BY_ITSELF,
        postgresql_where=ASKED_BY_ITSELF,
    )


def downgrade() -> None:
    op.drop_index("uq_offer_open_automatic_driver", table_name="offer")
    op.drop_column("offer", "automatic")
    for name in ("nobody_why", "nobody_told_at", "sought_since"):
        op.drop_column("trip", name)
    op.drop_column("shift", "heading_home_at")
    for name in ("declines_counted_from", "pause_reason", "paused_until", "home_lon", "home_lat", "means"):
        op.drop_column("driver", name)
    for name in (*reversed(BRANCH_NUMBERS), "assign_directly", "dispatch_mode"):
        op.drop_column("branch", name)
