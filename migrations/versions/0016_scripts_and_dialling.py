"""What is said on callbacks and how they are dialled; messages that must not come too late."""

import sqlalchemy as sa
from alembic import op

from dispatch.store.base import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "callback_script",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("greeting", sa.Text(), nullable=False),
        sa.Column("satisfaction", sa.Text(), nullable=False),
        sa.Column("badge_worn", sa.Text(), nullable=False),
        sa.Column("car_checked", sa.Text(), nullable=False),
        sa.Column("fee_explained", sa.Text(), nullable=False),
        sa.Column("copy_handed_over", sa.Text(), nullable=False),
        sa.Column("opinions", sa.Text(), nullable=False),
        sa.Column("suggestions", sa.Text(), nullable=False),
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_callback_script_branch_id")),
        sa.ForeignKeyConstraint(["written_by"], ["staff.id"], name=op.f("fk_callback_script_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_script")),
        sa.UniqueConstraint(
            "branch_id", "language", "version", name=op.f("uq_callback_script_branch_id_language_version")
        ),
    )
    op.create_table(
        "dialling",
        sa.Column("branch_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "way", sa.Enum("tel", "sip", "exchange", name="dialway", native_enum=False, length=32), nullable=False
        ),
        sa.Column("sip_host", sa.String(length=200), nullable=False),
        sa.Column("order_url", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_dialling_branch_id")),
        sa.PrimaryKeyConstraint("branch_id", name=op.f("pk_dialling")),
    )
    op.add_column("outbox", sa.Column("not_after", UtcDateTime(), nullable=True))
    op.create_index("ix_callback_due_on", "callback", ["branch_id", "due_on"])


def downgrade() -> None:
    op.drop_index("ix_callback_due_on", table_name="callback")
    op.drop_column("outbox", "not_after")
    op.drop_table("dialling")
    op.drop_table("callback_script")
