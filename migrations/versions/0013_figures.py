"""The assessment of staff and drivers; reports by period."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from dispatch.store.base import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_POSTED = sa.text("reverses_id IS NULL")
_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_SOURCE = sa.Enum(
    "rating", "punctuality", "complaint", "callback", "deadline", name="source", native_enum=False, length=32
)
_RULE = sa.Enum(
    "rated_5", "rated_4", "rated_3", "rated_2", "rated_1", "on_time", "late", "complaint_upheld", "called_in_time",
    "called_late", "deadline_kept", "deadline_missed", name="rule", native_enum=False, length=32,
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "assessment_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("source", _SOURCE, nullable=False),
        sa.Column("rule", _RULE, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("facts", _JSON, nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("posted_at", UtcDateTime(), nullable=False),
        sa.Column("posted_by", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_assessment_line_branch_id")),
        sa.ForeignKeyConstraint(["posted_by"], ["staff.id"], name=op.f("fk_assessment_line_posted_by")),
        sa.ForeignKeyConstraint(["reverses_id"], ["assessment_line.id"], name=op.f("fk_assessment_line_reverses_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_assessment_line_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_line")),
    )
    op.create_index("ix_assessment_line_month", "assessment_line", ["branch_id", "month", "staff_id", "id"])
    op.create_index("ix_assessment_line_staff", "assessment_line", ["staff_id", "month", "id"])
    op.create_index("uq_assessment_line_reverses", "assessment_line", ["reverses_id"], unique=True)
    op.create_index(
        "uq_assessment_line_source",
        "assessment_line",
        ["source", "subject_id", "part"],
        unique=True,
        sqlite_where=_POSTED,
        postgresql_where=_POSTED,
    )
    op.create_table(
        "assessment_month",
        sa.Column("branch_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_assessment_month_branch_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["staff.id"], name=op.f("fk_assessment_month_closed_by")),
        sa.PrimaryKeyConstraint("branch_id", "month", name=op.f("pk_assessment_month")),
    )
    op.create_table(
        "assessment_weights",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("from_month", sa.Date(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("points", _JSON, nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_assessment_weights_branch_id")),
        sa.ForeignKeyConstraint(["published_by"], ["staff.id"], name=op.f("fk_assessment_weights_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_weights")),
    )
    op.create_index("ix_assessment_weights_branch", "assessment_weights", ["branch_id", "from_month", "id"])
    op.create_index("ix_callback_service_day", "callback", ["branch_id", "service_day"])
    op.create_index("ix_complaint_registered", "complaint", ["branch_id", "registered_at"])
    op.create_index("ix_fare_line_created", "fare_line", ["created_at"])
    op.create_index("ix_trip_appointed", "trip", ["branch_id", "appointed_at"])


def downgrade() -> None:
    op.drop_index("ix_trip_appointed", table_name="trip")
    op.drop_index("ix_fare_line_created", table_name="fare_line")
    op.drop_index("ix_complaint_registered", table_name="complaint")
    op.drop_index("ix_callback_service_day", table_name="callback")
    for table in ("assessment_weights", "assessment_month", "assessment_line"):
        op.drop_table(table)
