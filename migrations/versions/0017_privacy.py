"""Consents by purpose, terms of retention, legal holds, and what is left once data have had their time."""

import sqlalchemy as sa
from alembic import op

from dispatch.store.base import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_STANDING = sa.text("lifted_at IS NULL")
_PURPOSE = sa.Enum("service", "quality", "marketing", "location", name="purpose", native_enum=False, length=32)
_HOW = sa.Enum("call", "link", "paper", "visit", name="how", native_enum=False, length=32)
_KIND = sa.Enum(
    "positions", "ways_whole", "ways", "photos", "state", "signing", "calls", "links", "messages", "complaints",
    "customers", name="kind", native_enum=False, length=32,
)  # fmt: skip
_HELD = sa.Enum("trip", "complaint", "customer", name="held", native_enum=False, length=32)
_STATE = sa.Enum("none", "mild", "moderate", "severe", "unconscious", name="intoxication", native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("purpose", _PURPOSE, nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("how", _HOW, nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_consent_by")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_consent_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_customer", "consent", ["customer_id", "purpose", "id"])
    op.execute(
        "INSERT INTO consent (customer_id, purpose, given, at, how, by, by_name, note) "
        "SELECT said.customer_id, said.purpose, false, said.since, 'call', said.told_to, staff.name, said.reason "
        "FROM do_not_call AS said JOIN staff ON staff.id = said.told_to ORDER BY said.since"
    )
    op.drop_table("do_not_call")
    op.create_table(
        "retention_term",
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("kind", _KIND, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_retention_term_branch_id")),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_retention_term_set_by")),
        sa.PrimaryKeyConstraint("branch_id", "kind", name=op.f("pk_retention_term")),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("subject", _HELD, nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("placed_by", sa.Integer(), nullable=False),
        sa.Column("placed_by_name", sa.String(length=80), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lift_reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_legal_hold_branch_id")),
        sa.ForeignKeyConstraint(["placed_by"], ["staff.id"], name=op.f("fk_legal_hold_placed_by")),
        sa.ForeignKeyConstraint(["lifted_by"], ["staff.id"], name=op.f("fk_legal_hold_lifted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index("ix_legal_hold_branch", "legal_hold", ["branch_id", "id"])
    op.create_index(
        "uq_legal_hold_standing",
        "legal_hold",
        ["subject", "subject_id"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )
    op.execute(_HOLD_DISPUTED_TRIPS)
    op.add_column("customer", sa.Column("erased_at", UtcDateTime(), nullable=True))
    op.add_column("ceremony", sa.Column("erased_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("condition_report") as batch:
        batch.alter_column("intoxication", existing_type=_STATE, nullable=True)


_HOLD_DISPUTED_TRIPS = """
INSERT INTO legal_hold (branch_id, subject, subject_id, reason, placed_by, placed_by_name, placed_at, lift_reason)
SELECT filed.branch_id, 'trip', filed.subject_id, 'dispute file', filed.actor_id, filed.actor_name, filed.at, ''
FROM journal AS filed
WHERE filed.type = 'dispute.file' AND filed.id = (
    SELECT max(later.id) FROM journal AS later
    WHERE later.type = 'dispute.file' AND later.branch_id = filed.branch_id AND later.subject_id = filed.subject_id
)
"""
"""A trip that a dispute file was made of is in dispute: it is held like those that follow."""


def downgrade() -> None:
    op.execute("UPDATE condition_report SET intoxication = 'none' WHERE intoxication IS NULL")
    with op.batch_alter_table("condition_report") as batch:
        batch.alter_column("intoxication", existing_type=_STATE, nullable=False)
    op.drop_column("ceremony", "erased_at")
    op.drop_column("customer", "erased_at")
    op.drop_table("legal_hold")
    op.drop_table("retention_term")
    op.create_table(
        "do_not_call",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Enum("quality", name="purpose", native_enum=False, length=32), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("told_to", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_do_not_call_customer_id")),
        sa.ForeignKeyConstraint(["told_to"], ["staff.id"], name=op.f("fk_do_not_call_told_to")),
        sa.PrimaryKeyConstraint("customer_id", "purpose", name=op.f("pk_do_not_call")),
    )
    op.execute(
        "INSERT INTO do_not_call (customer_id, purpose, since, told_to, reason) "
        "SELECT said.customer_id, said.purpose, said.at, said.by, said.note FROM consent AS said "
        "WHERE said.purpose = 'quality' AND NOT said.given AND said.by IS NOT NULL AND said.id = "
        "(SELECT max(later.id) FROM consent AS later "
        "WHERE later.customer_id = said.customer_id AND later.purpose = said.purpose)"
    )
    op.drop_table("consent")
