"""Where the pages of a PDF begin in its text."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Articles of before have no pages: their evidence names none."""
    op.add_column("articles", sa.Column("pages", sa.JSON(), nullable=False, server_default="[]"))
