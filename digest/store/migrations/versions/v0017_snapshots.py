"""Snapshots of what approved entries rest on, and mails that are too large to be read."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add two empty tables: entries of before get theirs when they are published or checked."""
    op.create_table(
        "snapshots",
        sa.Column("entry", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("is_feed_text", sa.Boolean(), nullable=False),
        sa.Column("cited", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("entry", "sha256"),
    )
    op.create_table(
        "refused_mails",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("refused_at", sa.DateTime(), nullable=False),
    )
