"""What publishing wrote, and the Evidence drafts were given: to notice what a person changed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the hashes of published files, the note of an entry, and the Evidence of a draft."""
    op.create_table(
        "published_files",
        sa.Column("path", sa.Text(), comment="below the output folder"),
        sa.Column("sha256", sa.String(64), comment="of what was written there, now or earlier"),
        sa.PrimaryKeyConstraint("path", "sha256"),
    )
    op.add_column("entries", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    op.add_column("drafts", sa.Column("evidence", sa.Text(), comment="null where it was made before this"))
