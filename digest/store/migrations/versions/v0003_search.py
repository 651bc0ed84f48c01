"""Search: the full-text index, word counts, labels and signal rows of the newest analyses, kept queries."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TOKENIZER = "porter unicode61 remove_diacritics 2"

# The index follows its table by triggers, so that whatever writes an article writes its words in the same
# transaction. Word counts are made by the program and only taken away here; what is missing is made up when
# the archive is searched.
TRIGGERS = (
    """CREATE TRIGGER articles_in AFTER INSERT ON articles BEGIN
         INSERT INTO article_text (rowid, title, text) VALUES (new.place, new.title, new.text);
       END""",
    """CREATE TRIGGER articles_out AFTER DELETE ON articles BEGIN
         INSERT INTO article_text (article_text, rowid, title, text)
           VALUES ('delete', old.place, old.title, old.text);
         DELETE FROM article_words WHERE place = old.place;
       END""",
    """CREATE TRIGGER articles_changed AFTER UPDATE OF place, title, text ON articles BEGIN
         INSERT INTO article_text (article_text, rowid, title, text)
           VALUES ('delete', old.place, old.title, old.text);
         INSERT INTO article_text (rowid, title, text) VALUES (new.place, new.title, new.text);
         DELETE FROM article_words WHERE place = old.place;
       END""",
    """CREATE TRIGGER signal_rows_in AFTER INSERT ON signal_rows BEGIN
         INSERT INTO signal_text (rowid, signal, change, horizon_10y, driving_force)
           VALUES (new.row, new.signal, new.change, new.horizon_10y, new.driving_force);
       END""",
    """CREATE TRIGGER signal_rows_out AFTER DELETE ON signal_rows BEGIN
         INSERT INTO signal_text (signal_text, rowid, signal, change, horizon_10y, driving_force)
           VALUES ('delete', old.row, old.signal, old.change, old.horizon_10y, old.driving_force);
       END""",
)

# The newest analysis of an article is the one with the highest row number.
NEWEST = "(SELECT max(rowid) FROM analyses GROUP BY article_id)"


def upgrade() -> None:
    """Make the tables, and fill them from what the archive holds."""
    _make_tables()
    op.execute(
        "CREATE VIRTUAL TABLE article_text USING fts5"
        f"(title, text, content='articles', content_rowid='place', columnsize=0, tokenize='{TOKENIZER}')"
    )
    op.execute(
        "CREATE VIRTUAL TABLE signal_text USING fts5(signal, change, horizon_10y, driving_force, "
        f"content='signal_rows', content_rowid='row', tokenize='{TOKENIZER}')"
    )
    for trigger in TRIGGERS:
        op.execute(trigger)
    op.execute("INSERT INTO article_text (article_text) VALUES ('rebuild')")
    for kind, list_name, field in (("theme", "themes", "theme"), ("keyword", "keywords", "keyword")):
        op.execute(
            "INSERT OR IGNORE INTO labels (article_id, kind, label) "
            f"SELECT article_id, '{kind}', json_extract(each.value, '$.{field}') "
            f"FROM analyses, json_each(analyses.record, '$.{list_name}') AS each "
            f"WHERE analyses.rowid IN {NEWEST}"
        )
    cells = ", ".join(
        f"json_extract(each.value, '$.{name}')"
        for name in ("signal", "change", "horizon_10y", "driving_force")
    )
    op.execute(
        "INSERT INTO signal_rows (article_id, signal, change, horizon_10y, driving_force) "
        f"SELECT article_id, {cells} FROM analyses, json_each(analyses.record, '$.signals') AS each "
        f"WHERE analyses.rowid IN {NEWEST} ORDER BY analyses.rowid, each.key"
    )


def _make_tables() -> None:
    op.create_index("ix_articles_published_taken_at", "articles", ["published", "taken_at"], unique=False)
    op.create_table(
        "article_words",
        sa.Column("version", sa.Integer(), nullable=False, comment="grows; a changed article gets a new one"),
        sa.Column("place", sa.Integer(), nullable=False, comment="of the article"),
        sa.Column("words", sa.LargeBinary(), nullable=False, comment="counts, packed by store.words"),
        sa.PrimaryKeyConstraint("version"),
        sa.UniqueConstraint("place"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "labels",
        sa.Column("article_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False, comment="theme or keyword"),
        sa.Column("label", sa.Text(collation="NOCASE"), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "kind", "label"),
    )
    op.create_index(op.f("ix_labels_label"), "labels", ["label"], unique=False)
    op.create_table(
        "signal_rows",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.String(length=32), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("horizon_10y", sa.Text(), nullable=False),
        sa.Column("driving_force", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index(op.f("ix_signal_rows_article_id"), "signal_rows", ["article_id"], unique=False)
    op.create_table(
        "saved_searches",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False, comment="a SearchQuestion"),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.Column("seen_version", sa.Integer(), nullable=False, comment="newest article_words.version shown"),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
