"""When issues changed after they were published, and what feed readers know them by."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the time of an issue's last change, what it is told by, and the public ids."""
    op.add_column("issues", sa.Column("content", sa.String(64)))
    op.add_column("issues", sa.Column("changed_at", sa.DateTime()))
    op.create_table(
        "public_ids",
        sa.Column("name", sa.Text(), primary_key=True, comment="of an issue, or feed"),
        sa.Column("id", sa.Text(), nullable=False, comment="what feed readers know it by, for good"),
    )
