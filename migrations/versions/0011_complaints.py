"""complaints: every stage, clocks and their ladder, remedies, departments, reply templates."""

import sqlalchemy as sa
from alembic import op

from dispatch.store.base import Json, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_RUNNING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _offices()
    with op.batch_alter_table("complaint") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch.add_column(sa.Column("round", sa.Integer(), server_default="1", nullable=False))
        batch.add_column(sa.Column("severity", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("holder_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("department_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("cause", sa.Text(), server_default=sa.text("''"), nullable=False))
        batch.add_column(sa.Column("responsible_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("proposed_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("promised_from", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("promise", sa.Text(), server_default=sa.text("''"), nullable=False))
        batch.add_column(sa.Column("promise_by", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("duplicate_of", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("facts", Json, nullable=True))
        batch.add_column(sa.Column("lessons", sa.Text(), server_default=sa.text("''"), nullable=False))
        batch.add_column(sa.Column("archived_at", UtcDateTime(), nullable=True))
        batch.create_index("ix_complaint_branch_stage", ["branch_id", "stage"])
        batch.create_index(op.f("ix_complaint_department_id"), ["department_id"])
        batch.create_foreign_key(op.f("fk_complaint_proposed_by"), "staff", ["proposed_by"], ["id"])
        batch.create_foreign_key(op.f("fk_complaint_responsible_id"), "staff", ["responsible_id"], ["id"])
        batch.create_foreign_key(op.f("fk_complaint_duplicate_of"), "complaint", ["duplicate_of"], ["id"])
        batch.create_foreign_key(op.f("fk_complaint_department_id"), "department", ["department_id"], ["id"])
        batch.create_foreign_key(op.f("fk_complaint_holder_id"), "staff", ["holder_id"], ["id"])
    _stories()
    _clocks()
    _begin_those_registered()


def _offices() -> None:
    op.create_table(
        "complaint_terms",
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("office_opens", sa.Time(), nullable=False),
        sa.Column("office_closes", sa.Time(), nullable=False),
        sa.Column("lunch_from", sa.Time(), nullable=True),
        sa.Column("lunch_until", sa.Time(), nullable=True),
        sa.Column("acknowledge_minutes", sa.Integer(), nullable=False),
        sa.Column("assess_days", sa.Integer(), nullable=False),
        sa.Column("department_days", sa.Integer(), nullable=False),
        sa.Column("approve_days", sa.Integer(), nullable=False),
        sa.Column("carry_out_days", sa.Integer(), nullable=False),
        sa.Column("confirm_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_complaint_terms_branch_id")),
        sa.PrimaryKeyConstraint("branch_id", name=op.f("pk_complaint_terms")),
    )
    op.create_table(
        "reply_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_reply_template_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_template")),
        sa.UniqueConstraint("branch_id", "name", name=op.f("uq_reply_template_branch_id_name")),
    )
    op.create_table(
        "department",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("head_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_department_branch_id")),
        sa.ForeignKeyConstraint(["head_id"], ["staff.id"], name=op.f("fk_department_head_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("branch_id", "name", name=op.f("uq_department_branch_id_name")),
    )
    op.create_index(op.f("ix_department_head_id"), "department", ["head_id"])


def _stories() -> None:
    op.create_table(
        "complaint_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=True),
        sa.Column("target", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_event_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_event")),
    )
    op.create_index("ix_complaint_event_complaint", "complaint_event", ["complaint_id", "id"])
    op.create_table(
        "complaint_remedy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("carried_out_at", UtcDateTime(), nullable=True),
        sa.Column("fare_line_id", sa.Integer(), nullable=True),
        sa.Column("voucher", sa.String(length=16), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_remedy_complaint_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_complaint_remedy_decided_by")),
        sa.ForeignKeyConstraint(["fare_line_id"], ["fare_line.id"], name=op.f("fk_complaint_remedy_fare_line_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["staff.id"], name=op.f("fk_complaint_remedy_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_remedy")),
        sa.UniqueConstraint("voucher", name=op.f("uq_complaint_remedy_voucher")),
    )
    op.create_index(op.f("ix_complaint_remedy_complaint_id"), "complaint_remedy", ["complaint_id"])


def _clocks() -> None:
    op.create_table(
        "complaint_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("allowed_seconds", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_clock_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_clock")),
    )
    op.create_index("ix_complaint_clock_complaint", "complaint_clock", ["complaint_id", "id"])
    op.create_index(
        "uq_complaint_clock_running",
        "complaint_clock",
        ["complaint_id"],
        unique=True,
        sqlite_where=_RUNNING,
        postgresql_where=_RUNNING,
    )
    op.create_table(
        "complaint_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_notice_complaint_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_complaint_notice_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_notice")),
    )
    op.create_index(op.f("ix_complaint_notice_complaint_id"), "complaint_notice", ["complaint_id"])
    op.create_index("ix_complaint_notice_staff", "complaint_notice", ["staff_id", "seen_at"])
    op.create_table(
        "complaint_escalation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["complaint_clock.id"], name=op.f("fk_complaint_escalation_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_escalation")),
        sa.UniqueConstraint("clock_id", "level", name=op.f("uq_complaint_escalation_clock_id_level")),
    )
    op.create_table(
        "complaint_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("paused_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["complaint_clock.id"], name=op.f("fk_complaint_pause_clock_id")),
        sa.ForeignKeyConstraint(["paused_by"], ["staff.id"], name=op.f("fk_complaint_pause_paused_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_pause")),
    )
    op.create_index(op.f("ix_complaint_pause_clock_id"), "complaint_pause", ["clock_id"])


def _begin_those_registered() -> None:
    """What was registered before has its story and its first clock from then on, as if it had come today's way."""
    op.execute(
        "INSERT INTO complaint_event"
        " (complaint_id, round, step, source, target, at, actor_id, actor_name, words, facts)"
        " SELECT c.id, 1, 'register', NULL, c.stage, c.registered_at, coalesce(s.id, 0),"
        " coalesce(s.name, c.contact_name), c.problem, '{}'"
        " FROM complaint AS c LEFT JOIN staff AS s ON s.id = c.registered_by"
    )
    op.execute(
        "INSERT INTO complaint_clock (complaint_id, kind, round, started_at, allowed_seconds, due_at, ended_at)"
        " SELECT id, 'acknowledge', 1, registered_at, 1800, NULL, NULL FROM complaint"
    )


def downgrade() -> None:
    for table in ("complaint_notice", "complaint_escalation", "complaint_pause", "complaint_clock"):
        op.drop_table(table)
    op.drop_table("complaint_remedy")
    op.drop_table("complaint_event")
    with op.batch_alter_table("complaint") as batch:
        for index in ("ix_complaint_department_id", "ix_complaint_branch_stage"):
            batch.drop_index(index)
        for column in _FOREIGN:
            batch.drop_constraint(f"fk_complaint_{column}", type_="foreignkey")
        for column in _COLUMNS:
            batch.drop_column(column)
    for table in ("department", "reply_template", "complaint_terms"):
        op.drop_table(table)


_FOREIGN = ("holder_id", "department_id", "responsible_id", "proposed_by", "duplicate_of")
_COLUMNS = (
    "version", "round", "severity", "cause", "promised_from", "promise", "promise_by", "facts", "lessons",
    "archived_at", *_FOREIGN,
)  # fmt: skip
