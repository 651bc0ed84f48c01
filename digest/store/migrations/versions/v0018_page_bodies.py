"""Bodies of kept pages and snapshots in the archive, where settings.pages wants them there."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add an empty table: what lies in folders is found there."""
    # As PostgreSQL has the keys of all tables: in the order of their bytes.
    there = sa.Text(collation="C")
    op.create_table(
        "page_bodies",
        sa.Column("sha256", sa.String(64).with_variant(there, "postgresql"), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
