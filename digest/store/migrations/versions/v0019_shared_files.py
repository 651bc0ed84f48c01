"""Introductions, and what was published of them, where drafts are kept in the archive."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add an empty table: files are taken in where settings.drafts wants it."""
    # As PostgreSQL has all texts: in the order of their bytes.
    there = sa.Text(collation="C")
    number = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
    op.create_table(
        "shared_files",
        sa.Column("path", sa.Text().with_variant(there, "postgresql"), primary_key=True),
        sa.Column("version", number, nullable=False),
        sa.Column("sha256", sa.String(64).with_variant(there, "postgresql"), nullable=False),
        sa.Column("content", sa.LargeBinary()),
    )
