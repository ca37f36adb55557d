"""Customers: further numbers, merged profiles, search, fields of a branch's own, tiers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from dispatch.domain import searching
from dispatch.domain.searching import SearchKind
from dispatch.store.base import Json, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CUSTOMERS_AT_ONCE = 1000


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "custom_field",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("text", "number", "date", "choice", "yes_no", name="fieldkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("choices", Json, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_custom_field_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_field")),
    )
    op.create_index("ix_custom_field_branch", "custom_field", ["branch_id", "position"], unique=False)
    op.create_table(
        "tier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("trips_from", sa.Integer(), nullable=True),
        sa.Column("spend_from_fen", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_tier_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier")),
    )
    op.create_index("ix_tier_branch", "tier", ["branch_id", "rank"], unique=False)
    op.create_table(
        "tier_assessment",
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("reached_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_tier_assessment_branch_id")),
        sa.PrimaryKeyConstraint("branch_id", "month", name=op.f("pk_tier_assessment")),
    )
    op.create_table(
        "customer_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("moved", Json, nullable=False),
        sa.Column("merged_at", UtcDateTime(), nullable=False),
        sa.Column("merged_by", sa.Integer(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_customer_merge_branch_id")),
        sa.ForeignKeyConstraint(["gone_id"], ["customer.id"], name=op.f("fk_customer_merge_gone_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["customer.id"], name=op.f("fk_customer_merge_kept_id")),
        sa.ForeignKeyConstraint(["merged_by"], ["staff.id"], name=op.f("fk_customer_merge_merged_by")),
        sa.ForeignKeyConstraint(["undone_by"], ["staff.id"], name=op.f("fk_customer_merge_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_merge")),
    )
    op.create_index("ix_customer_merge_kept", "customer_merge", ["kept_id", "id"], unique=False)
    op.create_index(
        "uq_customer_merge_gone",
        "customer_merge",
        ["gone_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "customer_phone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("dialled", sa.String(length=40), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_customer_phone_branch_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_phone_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_phone")),
        sa.UniqueConstraint("branch_id", "phone", name=op.f("uq_customer_phone_branch_id_phone")),
    )
    op.create_index(op.f("ix_customer_phone_customer_id"), "customer_phone", ["customer_id"], unique=False)
    op.create_table(
        "customer_search",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("phone", "plate", "name", "address", name="searchkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("grams", sa.JSON(none_as_null=True).with_variant(ARRAY(sa.Text()), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_customer_search_branch_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_search_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_search")),
    )
    op.create_index("ix_customer_search_customer", "customer_search", ["customer_id"], unique=False)
    op.create_index("ix_customer_search_grams", "customer_search", ["grams"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_customer_search_text",
        "customer_search",
        ["text"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"text": "gin_trgm_ops"},
    )
    op.create_table(
        "tier_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=True),
        sa.Column("after_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("trips", sa.Integer(), nullable=False),
        sa.Column("spend_fen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["after_id"], ["tier.id"], name=op.f("fk_tier_change_after_id")),
        sa.ForeignKeyConstraint(["before_id"], ["tier.id"], name=op.f("fk_tier_change_before_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_tier_change_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_change")),
    )
    op.create_index("ix_tier_change_customer", "tier_change", ["customer_id", "id"], unique=False)
    with op.batch_alter_table("customer") as batch:
        batch.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("tier_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("tier_until", sa.Date(), nullable=True))
        batch.add_column(sa.Column("custom", Json, nullable=True))
        batch.create_index(op.f("ix_customer_merged_into_id"), ["merged_into_id"])
        batch.create_index(op.f("ix_customer_tier_id"), ["tier_id"])
        batch.create_foreign_key(op.f("fk_customer_merged_into_id"), "customer", ["merged_into_id"], ["id"])
        batch.create_foreign_key(op.f("fk_customer_tier_id"), "tier", ["tier_id"], ["id"])
    _make_findable(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("customer") as batch:
        batch.drop_constraint(op.f("fk_customer_tier_id"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_customer_merged_into_id"), type_="foreignkey")
        batch.drop_index(op.f("ix_customer_tier_id"))
        batch.drop_index(op.f("ix_customer_merged_into_id"))
        for column in ("custom", "tier_until", "tier_id", "merged_into_id"):
            batch.drop_column(column)
    op.drop_table("tier_change")
    op.drop_table("customer_search")
    op.drop_table("customer_phone")
    op.drop_table("customer_merge")
    op.drop_table("tier_assessment")
    op.drop_table("tier")
    op.drop_table("custom_field")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP EXTENSION IF EXISTS pg_trgm")


def _make_findable(bind: sa.Connection) -> None:
    """The search lines of the customers that there are."""
    last = 0
    while customers := bind.execute(
        sa.text("SELECT id, branch_id, phone, name FROM customer WHERE id > :last ORDER BY id LIMIT :most"),
        {"last": last, "most": CUSTOMERS_AT_ONCE},
    ).all():
        span = {"first": customers[0].id, "last": customers[-1].id}
        lines = {
            (row.branch_id, row.id, kind, text)
            for row in customers
            for kind, text in (
                (SearchKind.PHONE, searching.phone_line(row.phone)),
                (SearchKind.NAME, searching.name_line(row.name)),
            )
        }
        cars = bind.execute(
            sa.text(
                "SELECT c.branch_id, v.customer_id, v.plate FROM vehicle v JOIN customer c ON c.id = v.customer_id "
                "WHERE v.customer_id BETWEEN :first AND :last"
            ),
            span,
        )
        lines |= {(row.branch_id, row.customer_id, SearchKind.PLATE, searching.plate_line(row.plate)) for row in cars}
        trips = bind.execute(
            sa.text(
                "SELECT branch_id, customer_id, contact_name, pickup_address, destination_address FROM trip "
                "WHERE customer_id BETWEEN :first AND :last"
            ),
            span,
        )
        for row in trips:
            lines |= {
                (row.branch_id, row.customer_id, SearchKind.NAME, searching.name_line(row.contact_name)),
                (row.branch_id, row.customer_id, SearchKind.ADDRESS, searching.address_line(row.pickup_address)),
                (row.branch_id, row.customer_id, SearchKind.ADDRESS, searching.address_line(row.destination_address)),
            }
        _write(bind, lines)
        last = span["last"]


def _write(bind: sa.Connection, lines: set[tuple[int, int, SearchKind, str]]) -> None:
    on_postgres = bind.dialect.name == "postgresql"
    table = sa.table(
        "customer_search",
        sa.column("branch_id"),
        sa.column("customer_id"),
        sa.column("kind"),
        sa.column("text"),
        sa.column("grams", Json.with_variant(ARRAY(sa.Text()), "postgresql")),
    )
    rows = [
        {
            "branch_id": branch_id,
            "customer_id": customer_id,
            "kind": kind.value,
            "text": text,
            "grams": searching.grams(text) if on_postgres else None,
        }
        for branch_id, customer_id, kind, text in sorted(lines)
        if text
    ]
    if rows:
        bind.execute(table.insert(), rows)
