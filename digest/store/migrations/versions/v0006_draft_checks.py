"""What the checks found in a draft's file, and what an editor approved all the same."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns; nothing was checked and nothing accepted so far."""
    op.add_column("drafts", sa.Column("checked", sa.String(64), nullable=False, server_default=""))
    op.add_column("drafts", sa.Column("failed", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("drafts", sa.Column("accepted", sa.JSON(), nullable=False, server_default="[]"))
