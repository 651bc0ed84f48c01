"""The first archive."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "addresses",
        sa.Column("url", sa.Text(), nullable=False, comment="every address an article was seen under"),
        sa.Column("id", sa.String(length=32), nullable=False, comment="the id that address alone would have"),
        sa.Column("link_id", sa.String(length=32), nullable=False, comment="the entry it resolves to"),
        sa.PrimaryKeyConstraint("url"),
    )
    op.create_index(op.f("ix_addresses_id"), "addresses", ["id"], unique=False)
    op.create_index(op.f("ix_addresses_link_id"), "addresses", ["link_id"], unique=False)
    op.create_table(
        "analyses",
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("analyzer", sa.Text(), nullable=False, comment="name, version, model and prompt files"),
        sa.Column("article_id", sa.String(length=32), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("text_hash", "analyzer"),
    )
    op.create_index(op.f("ix_analyses_article_id"), "analyses", ["article_id"], unique=False)
    op.create_table(
        "articles",
        sa.Column("place", sa.Integer(), nullable=False, comment="order of being seen"),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column("canonical_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("published", sa.Text(), nullable=True, comment="ISO date; null if unknown"),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("is_from_feed", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sentences", sa.JSON(), nullable=False, comment="[[start, end], ...]"),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False, comment="dedupe.minhash, 128 x uint32"),
        sa.Column(
            "copy_of", sa.String(length=32), nullable=True, comment="the article whose text it repeats"
        ),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("is_imported", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("place"),
        sa.UniqueConstraint("id"),
    )
    op.create_index(op.f("ix_articles_canonical_key"), "articles", ["canonical_key"], unique=False)
    op.create_index(op.f("ix_articles_copy_of"), "articles", ["copy_of"], unique=False)
    op.create_index(op.f("ix_articles_text_hash"), "articles", ["text_hash"], unique=False)
    op.create_table(
        "draft_log",
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry"),
    )
    op.create_index(op.f("ix_draft_log_id"), "draft_log", ["id"], unique=False)
    op.create_table(
        "feeds",
        sa.Column("url", sa.Text(), nullable=False, comment="as feeds.yaml has it"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column(
            "read_at",
            sa.DateTime(),
            nullable=True,
            comment="last time it could be read; null before the first",
        ),
        sa.Column("broken_since", sa.DateTime(), nullable=True, comment="null while it can be read"),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=False, comment="where a permanent redirect leads"),
        sa.PrimaryKeyConstraint("url"),
    )
    op.create_table(
        "issues",
        sa.Column("name", sa.Text(), nullable=False, comment="20261122"),
        sa.Column("published_at", sa.DateTime(), nullable=True, comment="null while it is being edited"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "links",
        sa.Column(
            "place", sa.Integer(), nullable=False, comment="order of being seen: feeds.yaml, then the feed"
        ),
        sa.Column("key", sa.Text(), nullable=False, comment="addresses.address_key of the url"),
        sa.Column("id", sa.String(length=32), nullable=False, comment="of the entry it would make"),
        sa.Column("url", sa.Text(), nullable=False, comment="exactly as given"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("origin_title", sa.Text(), nullable=False),
        sa.Column("origin_url", sa.Text(), nullable=False),
        sa.Column("feed_url", sa.Text(), nullable=False),
        sa.Column("published", sa.DateTime(), nullable=True),
        sa.Column("body_html", sa.Text(), nullable=False, comment="the article where the feed carried it"),
        sa.Column("state", sa.String(length=8), nullable=False, comment="new, kept, dropped, alias"),
        sa.Column("stage", sa.Text(), nullable=False, comment="where it was dropped"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_retryable", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, comment="runs that tried it in vain"),
        sa.Column("tried_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("place"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "pages",
        sa.Column("url", sa.Text(), nullable=False, comment="the address asked for"),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("redirects", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False, comment="names the kept file"),
        sa.Column("fetched_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("url"),
    )
    op.create_table(
        "runs",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("started", sa.DateTime(), nullable=False),
        sa.Column("finished", sa.DateTime(), nullable=True, comment="null if it was killed"),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("run"),
    )
    op.create_table(
        "stories",
        sa.Column("article_id", sa.String(length=32), nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=False, comment="id of the article seen first"),
        sa.PrimaryKeyConstraint("article_id"),
    )
    op.create_index(op.f("ix_stories_story_id"), "stories", ["story_id"], unique=False)
    op.create_table(
        "vectors",
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("model_id", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False, comment="float16, L2-normalised"),
        sa.PrimaryKeyConstraint("text_hash", "model_id"),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column(
            "made_from", sa.String(length=64), nullable=False, comment="hash of what was last generated"
        ),
        sa.Column("file_hash", sa.String(length=64), nullable=False, comment="hash of the file last written"),
        sa.ForeignKeyConstraint(
            ["id"],
            ["articles.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_drafts_issue"), "drafts", ["issue"], unique=False)
