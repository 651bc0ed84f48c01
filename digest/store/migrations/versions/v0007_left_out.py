"""Links that feeds gave and a run left out, so that a wider window finds them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table, and have every feed answer in full once, for what was left out before was forgotten."""
    op.create_table(
        "left_out",
        sa.Column("place", sa.Integer(), nullable=False, comment="order of being seen"),
        sa.Column("feed_url", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="addresses.address_key of the url"),
        sa.Column("url", sa.Text(), nullable=False, comment="exactly as given"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("origin_title", sa.Text(), nullable=False),
        sa.Column("origin_url", sa.Text(), nullable=False),
        sa.Column("published", sa.DateTime(), nullable=True),
        sa.Column("is_whole_day", sa.Boolean(), nullable=False, comment="published is known to the day"),
        sa.Column("latest", sa.DateTime(), nullable=True, comment="latest moment that published may mean"),
        sa.Column("body_html", sa.Text(), nullable=False, comment="the article where the feed carried it"),
        sa.Column("is_too_old", sa.Boolean(), nullable=False, comment="else it was one too many"),
        sa.PrimaryKeyConstraint("place"),
        sa.UniqueConstraint("feed_url", "key"),
    )
    op.add_column(
        "feeds",
        sa.Column(
            "remembers",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="what it gave was kept at least once",
        ),
    )
    op.execute("UPDATE feeds SET etag = '', last_modified = ''")
