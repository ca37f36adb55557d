"""agreement forms are published by managers; a booking takes the version in force on its day."""

import sqlalchemy as sa
from alembic import op

from dispatch.store.base import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=1), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_agreement_form_branch_id")),
        sa.ForeignKeyConstraint(["published_by"], ["staff.id"], name=op.f("fk_agreement_form_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_form")),
        sa.UniqueConstraint("branch_id", "version", name=op.f("uq_agreement_form_branch_id_version")),
    )
    op.create_index("uq_agreement_form_day", "agreement_form", ["branch_id", "form", "valid_from"], unique=True)
    with op.batch_alter_table("branch") as batch_op:
        batch_op.drop_column("clause_version")


def downgrade() -> None:
    with op.batch_alter_table("branch") as batch_op:
        batch_op.add_column(sa.Column("clause_version", sa.String(length=16), nullable=False, server_default=""))
    op.execute("UPDATE branch SET clause_version = form || '-2026.1'")
    with op.batch_alter_table("branch") as batch_op:
        batch_op.alter_column("clause_version", server_default=None)
    op.drop_index("uq_agreement_form_day", table_name="agreement_form")
    op.drop_table("agreement_form")
