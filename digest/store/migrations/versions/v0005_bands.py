"""Signatures found by their bands; vectors are kept once."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Drop the packed vectors."""
    op.drop_table("vector_blocks")
