"""documents carry a seal, and their chain covers number, kind and time."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from dispatch.store.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DOCUMENT = sa.table(
    "document",
    sa.column("id", sa.Integer),
    sa.column("branch_id", sa.Integer),
    sa.column("number", sa.String),
    sa.column("kind", sa.String),
    sa.column("signed_at", UtcDateTime()),
    sa.column("sha256", sa.String),
    sa.column("chain_position", sa.Integer),
    sa.column("chain_previous", sa.String),
    sa.column("chain_sha256", sa.String),
)


def upgrade() -> None:
    op.create_table(
        "seal_certificate",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("pem", sa.Text(), nullable=False),
        sa.Column("first_used_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_seal_certificate_branch_id")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_seal_certificate")),
    )
    op.create_index(op.f("ix_seal_certificate_branch_id"), "seal_certificate", ["branch_id"], unique=False)
    with op.batch_alter_table("document") as batch_op:
        batch_op.add_column(sa.Column("shown_sha256", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("chain_previous", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("seal_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("timestamped", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_foreign_key(op.f("fk_document_seal_sha256"), "seal_certificate", ["seal_sha256"], ["sha256"])
    with op.batch_alter_table("document") as batch_op:
        batch_op.alter_column("shown_sha256", server_default=None)
        batch_op.alter_column("chain_previous", server_default=None)
        batch_op.alter_column("timestamped", server_default=None)
    _chain_anew(_link)


def downgrade() -> None:
    _chain_anew(lambda row, previous: hashlib.sha256(f"{previous}{row.sha256}".encode()).hexdigest())
    with op.batch_alter_table("document") as batch_op:
        batch_op.drop_constraint(op.f("fk_document_seal_sha256"), type_="foreignkey")
        batch_op.drop_column("timestamped")
        batch_op.drop_column("seal_sha256")
        batch_op.drop_column("chain_previous")
        batch_op.drop_column("shown_sha256")
    op.drop_index(op.f("ix_seal_certificate_branch_id"), table_name="seal_certificate")
    op.drop_table("seal_certificate")


def _chain_anew(digest: Callable[[Any, str], str]) -> None:
    """Give every document the link that its version of the service checks; their bytes stay as they are."""
    connection = op.get_bind()
    ends: dict[int, str] = {}
    query = sa.select(DOCUMENT).order_by(DOCUMENT.c.branch_id, DOCUMENT.c.chain_position)
    for row in connection.execute(query).all():
        previous = ends.get(row.branch_id, "0" * 64)
        ends[row.branch_id] = digest(row, previous)
        connection.execute(
            sa.update(DOCUMENT)
            .where(DOCUMENT.c.id == row.id)
            .values(chain_previous=previous, chain_sha256=ends[row.branch_id])
        )


def _link(row: Any, previous: str) -> str:
    told = {
        "position": row.chain_position,
        "number": row.number,
        "kind": row.kind,
        "signed_at": row.signed_at.isoformat(),
        "sha256": row.sha256,
        "previous": previous,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
