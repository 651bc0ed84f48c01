"""What a draft is worth, for the order of its issue, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add both to drafts; those made before stand in the order of the feeds, until they are renewed."""
    op.add_column("drafts", sa.Column("worth", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("drafts", sa.Column("why", sa.Text(), nullable=False, server_default=""))
