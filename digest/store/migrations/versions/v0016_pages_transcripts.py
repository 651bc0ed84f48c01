"""Where the pages of a PDF begin in its text, and where the transcripts of episodes are."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add columns that say nothing of what is there: evidence of earlier PDFs names no page."""
    op.add_column("articles", sa.Column("pages", sa.JSON(), nullable=False, server_default="[]"))
    for table in ("links", "left_out"):
        op.add_column(table, sa.Column("transcript", sa.Text(), nullable=False, server_default=""))
