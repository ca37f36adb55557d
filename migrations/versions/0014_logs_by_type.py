"""Logs of one kind are read without the rest of the journal."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_journal_type", "journal", ["branch_id", "type", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_journal_type", table_name="journal")
