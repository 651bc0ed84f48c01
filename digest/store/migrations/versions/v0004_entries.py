"""Published entries, with all their fields."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table; issues published before are read from their pages."""
    op.create_table(
        "entries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("is_imported", sa.Boolean(), nullable=False, comment="from a page of another archive"),
        sa.Column("record", sa.JSON(), nullable=False, comment="records.Entry as it was published"),
        sa.ForeignKeyConstraint(["id"], ["articles.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_entries_issue"), "entries", ["issue"], unique=False)
