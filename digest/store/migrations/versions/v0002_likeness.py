"""What articles are compared by, kept beside them; filled when the archive is next used."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of terms, packed vectors and neighbours, and mark stories made by hand."""
    op.create_table(
        "terms",
        sa.Column("place", sa.Integer(), nullable=False, comment="of the article"),
        sa.Column("terms", sa.LargeBinary(), nullable=False, comment="likeness.terms, uint32"),
        sa.PrimaryKeyConstraint("place"),
    )
    op.create_table(
        "frequencies",
        sa.Column("version", sa.Text(), nullable=False, comment="likeness.terms.TERMS_VERSION"),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False, comment="uint32 by term, zlib"),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "vector_blocks",
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Text(), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False, comment="int64, of the articles"),
        sa.Column("scales", sa.LargeBinary(), nullable=False, comment="float32: what a row is multiplied by"),
        sa.Column("rows", sa.LargeBinary(), nullable=False, comment="int8, one row an article"),
        sa.PrimaryKeyConstraint("block"),
    )
    op.create_index(op.f("ix_vector_blocks_model_id"), "vector_blocks", ["model_id"], unique=False)
    op.create_table(
        "neighbours",
        sa.Column("place", sa.Integer(), nullable=False, comment="of the article"),
        sa.Column("model_id", sa.Text(), nullable=False),
        sa.Column("others", sa.LargeBinary(), nullable=False, comment="int64: places, nearest first"),
        sa.Column("similarities", sa.LargeBinary(), nullable=False, comment="float32, not smoothed"),
        sa.PrimaryKeyConstraint("place", "model_id"),
    )
    op.add_column(
        "stories",
        sa.Column("is_by_hand", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
