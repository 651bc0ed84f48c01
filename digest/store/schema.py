"""The archive's tables. Contains no business logic; migrations/ brings older archives here."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy import Integer as PlainInteger
from sqlalchemy.types import JSON, TypeDecorator

SCHEMA_VERSION = "0020"
"""The alembic revision this code works with; revisions are numbered in order."""

SCHEMA_HASH = "a87d3de5316c80caf5c2bc9d06157ce4a2758924eb55620d18edb64a756b8d82"
"""Of what the migrations make, by `soundness.hash_of`; a test says what it has to be."""

metadata = MetaData()

Integer = PlainInteger().with_variant(BigInteger(), "postgresql")
"""A whole number: SQLite's have 64 bits whatever they are called, PostgreSQL's by this name alone."""


class UtcDateTime(TypeDecorator[object]):
    """Aware UTC datetimes, which SQLite itself would give back without a zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: object, dialect: object) -> object:
        """Store as naive UTC."""
        from datetime import UTC, datetime

        return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value

    def process_result_value(self, value: object, dialect: object) -> object:
        """Give back as aware UTC."""
        from datetime import UTC, datetime

        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


feeds = Table(
    "feeds",
    metadata,
    Column("url", Text, primary_key=True, comment="as feeds.yaml has it"),
    Column("title", Text, nullable=False, default=""),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("read_at", UtcDateTime, comment="last time it could be read; null before the first"),
    Column("broken_since", UtcDateTime, comment="null while it can be read"),
    Column("problem", Text, nullable=False, default=""),
    Column("moved_to", Text, nullable=False, default="", comment="where a permanent redirect leads"),
    Column(
        "remembers",
        Boolean,
        nullable=False,
        default=False,
        server_default=false(),
        comment="what it gave was kept at least once",
    ),
)

links = Table(
    "links",
    metadata,
    Column("place", Integer, primary_key=True, comment="order of being seen: feeds.yaml, then the feed"),
    Column("key", Text, nullable=False, unique=True, comment="addresses.address_key of the url"),
    Column("id", String(32), nullable=False, unique=True, comment="of the entry it would make"),
    Column("url", Text, nullable=False, comment="exactly as given"),
    Column("title", Text, nullable=False),
    Column("origin_title", Text, nullable=False),
    Column("origin_url", Text, nullable=False),
    Column("feed_url", Text, nullable=False),
    Column("published", UtcDateTime),
    Column("body_html", Text, nullable=False, default="", comment="the article where the feed carried it"),
    Column("transcript", Text, nullable=False, server_default="", comment="where an episode's transcript is"),
    Column("state", String(8), nullable=False, default="new", comment="new, kept, dropped, alias"),
    Column("stage", Text, nullable=False, default="", comment="where it was dropped"),
    Column("reason", Text, nullable=False, default=""),
    Column("is_retryable", Boolean, nullable=False, default=False),
    Column("tries", Integer, nullable=False, default=0, comment="runs that tried it in vain"),
    Column("tried_at", UtcDateTime),
)

left_out = Table(
    "left_out",
    metadata,
    Column("place", Integer, primary_key=True, comment="order of being seen"),
    Column("feed_url", Text, nullable=False),
    Column("key", Text, nullable=False, comment="addresses.address_key of the url"),
    Column("url", Text, nullable=False, comment="exactly as given"),
    Column("title", Text, nullable=False),
    Column("origin_title", Text, nullable=False),
    Column("origin_url", Text, nullable=False),
    Column("published", UtcDateTime),
    Column("is_whole_day", Boolean, nullable=False, comment="published is known to the day"),
    Column("latest", UtcDateTime, comment="latest moment that published may mean"),
    Column("body_html", Text, nullable=False, comment="the article where the feed carried it"),
    Column("transcript", Text, nullable=False, server_default="", comment="where an episode's transcript is"),
    Column("is_too_old", Boolean, nullable=False, comment="else it was one too many"),
    UniqueConstraint("feed_url", "key"),
)

addresses = Table(
    "addresses",
    metadata,
    Column("url", Text, primary_key=True, comment="every address an article was seen under"),
    Column("id", String(32), nullable=False, index=True, comment="the id that address alone would have"),
    Column("link_id", String(32), nullable=False, index=True, comment="the entry it resolves to"),
)

pages = Table(
    "pages",
    metadata,
    Column("url", Text, primary_key=True, comment="the address asked for"),
    Column("final_url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("redirects", JSON, nullable=False),
    Column("sha256", String(64), nullable=False, comment="names the kept body"),
    Column("fetched_at", UtcDateTime, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("entry", String(32), primary_key=True, comment="id of an approved entry"),
    Column("sha256", String(64), primary_key=True, comment="names the body; those of before stay"),
    Column("url", Text, nullable=False, comment="as asked"),
    Column("final_url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("taken_at", UtcDateTime, nullable=False, comment="the latest counts"),
    Column("is_feed_text", Boolean, nullable=False, comment="the text the feed carried, not the page"),
    Column("cited", JSON, nullable=False, comment="sentences the entry rests on"),
)

page_bodies = Table(
    "page_bodies",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False, comment="of a page or snapshot, zstandard"),
)

refused_mails = Table(
    "refused_mails",
    metadata,
    Column("key", Text, primary_key=True, comment="language.mail_headers.mail_key"),
    Column("size", Integer, nullable=False, comment="bytes"),
    Column("refused_at", UtcDateTime, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("place", Integer, primary_key=True, comment="order of being seen"),
    Column("id", String(32), nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("canonical_url", Text, nullable=False),
    Column("canonical_key", Text, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("published", Text, comment="ISO date; null if unknown"),
    Column("language", String(8), nullable=False),
    Column("site", Text, nullable=False),
    Column("is_from_feed", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("sentences", JSON, nullable=False, comment="[[start, end], ...]"),
    Column("pages", JSON, nullable=False, server_default="[]", comment="where each page of a PDF begins"),
    Column("text_hash", String(64), nullable=False, index=True),
    Column("signature", LargeBinary, nullable=False, comment="dedupe.minhash, 128 x uint32"),
    Column("copy_of", String(32), index=True, comment="the article whose text it repeats"),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("is_imported", Boolean, nullable=False, default=False),
    # Filters by date read this index instead of all texts.
    Index("ix_articles_published_taken_at", "published", "taken_at"),
)

vectors = Table(
    "vectors",
    metadata,
    Column("text_hash", String(64), primary_key=True),
    Column("model_id", Text, primary_key=True),
    Column("vector", LargeBinary, nullable=False, comment="float16, L2-normalised"),
)

analyses = Table(
    "analyses",
    metadata,
    Column("text_hash", String(64), primary_key=True),
    Column("analyzer", Text, primary_key=True, comment="name, version, model and prompt files"),
    Column("article_id", String(32), nullable=False, index=True),
    Column("record", JSON, nullable=False),
)

stories = Table(
    "stories",
    metadata,
    Column("article_id", String(32), primary_key=True),
    Column("story_id", String(32), nullable=False, index=True, comment="id of the article seen first"),
    Column(
        "is_by_hand",
        Boolean,
        nullable=False,
        default=False,
        server_default=false(),
        comment="split off or merged by an editor",
    ),
)

terms = Table(
    "terms",
    metadata,
    Column("place", Integer, primary_key=True, comment="of the article"),
    Column("terms", LargeBinary, nullable=False, comment="likeness.terms, uint32"),
)

frequencies = Table(
    "frequencies",
    metadata,
    Column("version", Text, primary_key=True, comment="likeness.terms.TERMS_VERSION"),
    Column("documents", Integer, nullable=False),
    Column("counts", LargeBinary, nullable=False, comment="uint32 by term, zlib"),
)

bands = Table(
    "bands",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False, comment="store.bands.band_keys"),
    Column("place", Integer, primary_key=True, autoincrement=False, comment="of the article"),
    sqlite_with_rowid=False,
)

neighbours = Table(
    "neighbours",
    metadata,
    Column("place", Integer, primary_key=True, comment="of the article"),
    Column("model_id", Text, primary_key=True),
    Column("others", LargeBinary, nullable=False, comment="int64: places, nearest first"),
    Column("similarities", LargeBinary, nullable=False, comment="float32, not smoothed"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", String(32), ForeignKey("articles.id"), primary_key=True),
    Column("issue", Text, nullable=False, index=True),
    Column("status", String(8), nullable=False),
    Column("title", Text, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("made_from", String(64), nullable=False, default="", comment="hash of all it was made from"),
    Column("file_hash", String(64), nullable=False, default="", comment="hash of the file last written"),
    Column("checked", String(64), nullable=False, server_default="", comment="hash of what was checked"),
    Column("failed", JSON, nullable=False, server_default="[]", comment="records.FailedCheck, of that"),
    Column("accepted", JSON, nullable=False, server_default="[]", comment="those approved all the same"),
    Column("evidence", Text, comment="the section as last made; null where it was made before this"),
    Column("worth", Integer, nullable=False, server_default="0", comment="thousandths, for the order"),
    Column("why", Text, nullable=False, server_default="", comment="what the worth rests on, in words"),
    Column("glance", JSON, comment="records.DraftGlance; null before the first"),
)

draft_log = Table(
    "draft_log",
    metadata,
    Column("entry", Integer, primary_key=True),
    Column("id", String(32), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("status", String(8), nullable=False),
    Column("issue", Text, nullable=False),
)

steps = Table(
    "steps",
    metadata,
    Column("step", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(16), nullable=False, comment="run, edit, approve, publish, undo ..."),
    Column("who", Text, nullable=False, comment="an editor's name, or the analyzer"),
    Column("reason", Text, nullable=False, comment="an editor's, of prompts/reasons.yaml; may be empty"),
    Column("issue", Text, nullable=False, comment="may be empty"),
    Column("is_decision", Boolean, nullable=False, comment="an editor's, which can be undone"),
    Column("state", String(8), nullable=False, comment="open, done, undone, gone: no longer to be redone"),
    Column("target", Integer, comment="the step that this one undid or redid"),
)

draft_versions = Table(
    "draft_versions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("version", Integer, primary_key=True, comment="1 first"),
    Column("step", Integer, nullable=False, index=True),
    Column("path", Text, nullable=False, comment="of the file, below the output folder"),
    Column("status", String(8), nullable=False),
    Column("issue", Text, nullable=False),
    Column("sha256", String(64), nullable=False, comment="of the text; empty where there is no file"),
    Column("sections", JSON, nullable=False, comment="sections and rows that changed"),
    Column("delta", LargeBinary, comment="zstandard, the text before as dictionary; null for no file"),
)

step_changes = Table(
    "step_changes",
    metadata,
    Column("step", Integer, primary_key=True),
    Column("kind", String(8), primary_key=True, comment="file, entry, issue, story, accepted"),
    Column("key", Text, primary_key=True, comment="path below the output folder, id, or name"),
    Column("before", LargeBinary, comment="zstandard; null for nothing"),
    Column("after", LargeBinary, comment="zstandard, kept when it is undone; empty for nothing"),
    sqlite_with_rowid=False,
)

entries = Table(
    "entries",
    metadata,
    Column("id", String(32), ForeignKey("articles.id"), primary_key=True),
    Column("issue", Text, nullable=False, index=True),
    Column("is_imported", Boolean, nullable=False, default=False, comment="from a page of another archive"),
    Column("record", JSON, nullable=False, comment="records.Entry as it was published"),
    Column("note", Text, nullable=False, default="", server_default="", comment="of its publishing"),
)

published_files = Table(
    "published_files",
    metadata,
    Column("path", Text, primary_key=True, comment="below the output folder"),
    Column("sha256", String(64), primary_key=True, comment="of what was written there, now or earlier"),
)

shared_files = Table(
    "shared_files",
    metadata,
    Column("path", Text, primary_key=True, comment="of an introduction, below the output folder"),
    Column("version", Integer, nullable=False, comment="1 first; a writing is good for the one it read"),
    Column("sha256", String(64), nullable=False, comment="of the text; empty where it was deleted"),
    Column("content", LargeBinary, comment="zstandard; null where it was deleted"),
)

issues = Table(
    "issues",
    metadata,
    Column("name", Text, primary_key=True, comment="20261122"),
    Column("published_at", UtcDateTime, comment="first; null while it is being edited"),
    Column("content", String(64), comment="hash of what readers were shown; null before it was kept"),
    Column("changed_at", UtcDateTime, comment="when that last changed"),
)

shown_issues = Table(
    "shown_issues",
    metadata,
    Column("name", Text, primary_key=True, comment="of a published issue"),
    Column("key", String(64), nullable=False, comment="hash of what the rest was made of"),
    Column("record", Text, nullable=False, comment="JSON of records.ShownIssue, but for words"),
    Column("words", LargeBinary, nullable=False, comment="records.CountedEntry.words of all its entries"),
)

public_ids = Table(
    "public_ids",
    metadata,
    Column("name", Text, primary_key=True, comment="of an issue, or feed"),
    Column("id", Text, nullable=False, comment="what feed readers know it by, for good"),
)

runs = Table(
    "runs",
    metadata,
    Column("run", Integer, primary_key=True),
    Column("issue", Text, nullable=False),
    Column("started", UtcDateTime, nullable=False),
    Column("finished", UtcDateTime, comment="null if it was killed"),
    Column("report", JSON),
)

model_calls = Table(
    "model_calls",
    metadata,
    Column("call", Integer, primary_key=True, comment="a try each; grows"),
    Column("key", String(64), nullable=False, comment="language_model.question_key"),
    Column("model_id", Text, nullable=False, comment="the model asked"),
    Column("purpose", Text, nullable=False),
    Column("about", Text, nullable=False, index=True, comment="id of the article, or an issue's name"),
    Column("prompt", Text, nullable=False, comment="name and version of the prompt file"),
    Column("question", LargeBinary, nullable=False, comment="zstd of JSON: system, user"),
    Column("answer", Text, nullable=False, default=""),
    Column("answered_by", Text, nullable=False, default=""),
    Column("finish", String(8), nullable=False, default="other"),
    Column("input_tokens", Integer, nullable=False, default=0),
    Column("output_tokens", Integer, nullable=False, default=0),
    Column("reserved", Integer, nullable=False, comment="the most it may cost, nanodollars"),
    Column("price", Integer, nullable=False, comment="nanodollars; what is reserved, until it is settled"),
    Column("state", String(8), nullable=False, comment="asked, answered, failed"),
    Column("problem", Text, nullable=False, default=""),
    Column("batch", Text, nullable=False, default="", comment="empty for none"),
    Column("run", String(32), nullable=False, index=True, comment="whose budget it counts against"),
    Column("at", UtcDateTime, nullable=False, index=True),
    Index("ix_model_calls_key_model_id", "key", "model_id"),
)

# The full-text indexes article_text, entry_text and signal_text are virtual tables, kept by triggers: see the
# migrations.
published_texts = Table(
    "published_texts",
    metadata,
    Column("place", Integer, primary_key=True, autoincrement=False, comment="of the article"),
    Column("text", Text, nullable=False, comment="records.searchable_text of its published entry"),
)

article_words = Table(
    "article_words",
    metadata,
    Column("version", Integer, primary_key=True, comment="grows; a changed article gets a new one"),
    Column("place", Integer, nullable=False, unique=True, comment="of the article"),
    Column("words", LargeBinary, nullable=False, comment="counts, packed by store.words"),
    sqlite_autoincrement=True,
)

labels = Table(
    "labels",
    metadata,
    Column("article_id", String(32), primary_key=True),
    Column("kind", String(8), primary_key=True, comment="theme or keyword"),
    Column(
        "label",
        # PostgreSQL has no such order: what is compared there is `statements.without_case` of it.
        Text(collation="NOCASE").with_variant(Text(collation="C"), "postgresql"),
        primary_key=True,
        index=True,
    ),
)

signal_rows = Table(
    "signal_rows",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("article_id", String(32), nullable=False, index=True),
    Column("signal", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("horizon_10y", Text, nullable=False),
    Column("driving_force", Text, nullable=False),
)

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("name", Text, primary_key=True),
    Column("asked", JSON, nullable=False, comment="a SearchQuestion"),
    Column("saved_at", UtcDateTime, nullable=False),
    Column("seen_version", Integer, nullable=False, comment="newest article_words.version shown"),
    Column("seen_at", UtcDateTime, nullable=False),
)
