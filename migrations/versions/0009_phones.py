"""the phone's own time in the journal, and the phones that offers are pushed to."""

import sqlalchemy as sa
from alembic import op

from dispatch.store.base import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("journal") as table:
        table.add_column(sa.Column("phone_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("outbox") as table:
        table.alter_column("recipient", existing_type=sa.String(length=400), type_=sa.String(length=500))
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("endpoint", sa.String(length=500), nullable=False),
        sa.Column("p256dh", sa.String(length=100), nullable=False),
        sa.Column("auth", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_sha256"],
            ["sign_in.token_sha256"],
            name=op.f("fk_push_subscription_session_sha256"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscription_endpoint")),
    )
    with op.batch_alter_table("push_subscription") as table:
        table.create_index(op.f("ix_push_subscription_session_sha256"), ["session_sha256"])


def downgrade() -> None:
    op.drop_table("push_subscription")
    with op.batch_alter_table("outbox") as table:
        table.alter_column("recipient", existing_type=sa.String(length=500), type_=sa.String(length=400))
    with op.batch_alter_table("journal") as table:
        table.drop_column("phone_at")
