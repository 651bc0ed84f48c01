"""What pages about everything that was published say of each issue."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add an empty table: the next publishing fills it."""
    op.create_table(
        "shown_issues",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
    )
