"""complaints: vouchers that are used, accident cases of incidents, whom a branch tells and with which words."""

import sqlalchemy as sa
from alembic import op

from dispatch.store.base import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voucher",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("remedy_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=True),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("used_fen", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_voucher_branch_id")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_voucher_complaint_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_voucher_customer_id")),
        sa.ForeignKeyConstraint(["remedy_id"], ["complaint_remedy.id"], name=op.f("fk_voucher_remedy_id")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_voucher_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("code", name=op.f("uq_voucher_code")),
        sa.UniqueConstraint("remedy_id", name=op.f("uq_voucher_remedy_id")),
    )
    for column in ("complaint_id", "customer_id", "trip_id"):
        op.create_index(op.f(f"ix_voucher_{column}"), "voucher", [column], unique=False)
    op.execute(
        "INSERT INTO voucher (branch_id, complaint_id, remedy_id, customer_id, code, amount_fen, valid_until, made_at) "
        "SELECT c.branch_id, c.id, r.id, t.customer_id, r.voucher, r.amount_fen, r.valid_until, r.carried_out_at "
        "FROM complaint_remedy r JOIN complaint c ON c.id = r.complaint_id LEFT JOIN trip t ON t.id = c.trip_id "
        "WHERE r.voucher IS NOT NULL"
    )
    with op.batch_alter_table("complaint_remedy") as batch:
        batch.drop_constraint("uq_complaint_remedy_voucher", type_="unique")
        batch.drop_column("voucher")
        batch.drop_column("valid_until")
    with op.batch_alter_table("complaint") as batch:
        batch.add_column(sa.Column("incident_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_complaint_incident_id"), "incident", ["incident_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_complaint_incident_id"), ["incident_id"])
    with op.batch_alter_table("reply_template") as batch:
        batch.add_column(sa.Column("occasion", sa.String(length=32), nullable=True))
        batch.create_unique_constraint(op.f("uq_reply_template_branch_id_occasion"), ["branch_id", "occasion"])
    with op.batch_alter_table("department") as batch:
        batch.add_column(sa.Column("phone", sa.String(length=20), server_default=sa.text("''"), nullable=False))
    with op.batch_alter_table("complaint_terms") as batch:
        batch.add_column(sa.Column("heads_from", sa.String(length=32), server_default="due", nullable=False))
        batch.add_column(sa.Column("managers_from", sa.String(length=32), server_default="late", nullable=False))
        batch.add_column(sa.Column("texts_from", sa.String(length=32), nullable=True))
        batch.add_column(
            sa.Column("managers_phone", sa.String(length=20), server_default=sa.text("''"), nullable=False)
        )
        batch.add_column(sa.Column("tells_customers", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute("UPDATE complaint_terms SET texts_from = 'due'")


def downgrade() -> None:
    with op.batch_alter_table("complaint_terms") as batch:
        for column in ("tells_customers", "managers_phone", "texts_from", "managers_from", "heads_from"):
            batch.drop_column(column)
    with op.batch_alter_table("department") as batch:
        batch.drop_column("phone")
    with op.batch_alter_table("reply_template") as batch:
        batch.drop_constraint(op.f("uq_reply_template_branch_id_occasion"), type_="unique")
        batch.drop_column("occasion")
    with op.batch_alter_table("complaint") as batch:
        batch.drop_constraint(op.f("uq_complaint_incident_id"), type_="unique")
        batch.drop_constraint(op.f("fk_complaint_incident_id"), type_="foreignkey")
        batch.drop_column("incident_id")
    with op.batch_alter_table("complaint_remedy") as batch:
        batch.add_column(sa.Column("voucher", sa.String(length=16), nullable=True))
        batch.add_column(sa.Column("valid_until", sa.Date(), nullable=True))
        batch.create_unique_constraint("uq_complaint_remedy_voucher", ["voucher"])
    for column in ("voucher", "valid_until"):
        source = "code" if column == "voucher" else column
        op.execute(
            f"UPDATE complaint_remedy SET {column} = "  # noqa: S608 - both names stand above
            f"(SELECT v.{source} FROM voucher v WHERE v.remedy_id = complaint_remedy.id)"
        )
    for column in ("trip_id", "customer_id", "complaint_id"):
        op.drop_index(op.f(f"ix_voucher_{column}"), table_name="voucher")
    op.drop_table("voucher")
