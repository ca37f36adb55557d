"""Reports that leave by e-mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from dispatch.store.base import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_KIND = sa.Enum("figures", "assessment", name="reportkind", native_enum=False, length=32)
_RHYTHM = sa.Enum("day", "week", "month", name="grain", native_enum=False, length=32)
_FILE = sa.Enum("csv", "xlsx", name="filekind", native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "report_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("kind", _KIND, nullable=False),
        sa.Column("rhythm", _RHYTHM, nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("file", _FILE, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("recipients", _JSON, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_report_schedule_branch_id")),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_report_schedule_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedule")),
    )
    op.create_index("ix_report_schedule_branch", "report_schedule", ["branch_id", "id"])
    op.create_table(
        "report_mailing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("recipients", _JSON, nullable=False),
        sa.Column("file_name", sa.String(length=80), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["schedule_id"], ["report_schedule.id"], name=op.f("fk_report_mailing_schedule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_mailing")),
        sa.UniqueConstraint(
            "schedule_id", "first_day", "last_day", name=op.f("uq_report_mailing_schedule_id_first_day_last_day")
        ),
    )
    op.create_index(op.f("ix_report_mailing_made_at"), "report_mailing", ["made_at"])


def downgrade() -> None:
    op.drop_table("report_mailing")
    op.drop_table("report_schedule")
