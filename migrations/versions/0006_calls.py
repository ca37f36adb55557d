"""telephone calls; whom an entry of the journal concerns."""

import sqlalchemy as sa
from alembic import op

from dispatch.store.base import Json, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("journal") as batch:
        batch.add_column(sa.Column("concerns", Json, nullable=True))
    with op.batch_alter_table("branch") as batch:
        batch.add_column(sa.Column("calls_secret", sa.String(length=128), nullable=True))
    with op.batch_alter_table("staff") as batch:
        batch.add_column(sa.Column("extension", sa.String(length=16), nullable=True))
        batch.create_unique_constraint(op.f("uq_staff_branch_id_extension"), ["branch_id", "extension"])
    op.create_table(
        "phone_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("caller", sa.String(length=40), nullable=False),
        sa.Column("extension", sa.String(length=16), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["staff.id"], name=op.f("fk_phone_call_agent_id")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_phone_call_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_call")),
        sa.UniqueConstraint("branch_id", "call_id", name=op.f("uq_phone_call_branch_id_call_id")),
    )
    op.create_index(op.f("ix_phone_call_branch_id_state"), "phone_call", ["branch_id", "state"])


def downgrade() -> None:
    op.drop_table("phone_call")
    with op.batch_alter_table("staff") as batch:
        batch.drop_constraint(op.f("uq_staff_branch_id_extension"), type_="unique")
        batch.drop_column("extension")
    with op.batch_alter_table("branch") as batch:
        batch.drop_column("calls_secret")
    with op.batch_alter_table("journal") as batch:
        batch.drop_column("concerns")
