"""What is searched follows published entries: their words, themes, keywords and signal rows."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

from digest.store.tokenizer import Tokenizer

revision = "0008"
down_revision = "0007"

TOKENIZER = "porter unicode61 remove_diacritics 2"

TRIGGERS = (
    """CREATE TRIGGER published_texts_in AFTER INSERT ON published_texts BEGIN
         INSERT INTO entry_text (rowid, text) VALUES (new.place, new.text);
       END""",
    """CREATE TRIGGER published_texts_out AFTER DELETE ON published_texts BEGIN
         INSERT INTO entry_text (entry_text, rowid, text) VALUES ('delete', old.place, old.text);
       END""",
)

AT_ONCE = 500
"""Articles whose words are counted in one go."""

CELLS = ("signal", "change", "horizon_10y", "driving_force")

# Tables as they are here, whatever becomes of them later.
entries = sa.table("entries", sa.column("id"), sa.column("record", sa.JSON))
articles = sa.table("articles", sa.column("id"), sa.column("place"))
labels = sa.table("labels", sa.column("article_id"), sa.column("kind"), sa.column("label"))
signal_rows = sa.table("signal_rows", sa.column("article_id"), *map(sa.column, CELLS))
published_texts = sa.table("published_texts", sa.column("place"), sa.column("text"))


def upgrade() -> None:
    """Make the index of entries' texts, and fill it, labels and rows from the entries that were kept."""
    op.create_table(
        "published_texts",
        sa.Column("place", sa.Integer(), nullable=False, comment="of the article"),
        sa.Column(
            "text", sa.Text(), nullable=False, comment="records.searchable_text of its published entry"
        ),
        sa.PrimaryKeyConstraint("place"),
    )
    op.execute(
        "CREATE VIRTUAL TABLE entry_text USING fts5"
        f"(text, content='published_texts', content_rowid='place', columnsize=0, tokenize='{TOKENIZER}')"
    )
    for trigger in TRIGGERS:
        op.execute(trigger)
    connection = op.get_bind()
    published = sa.select(entries, articles.c.place).join(articles, articles.c.id == entries.c.id)
    for row in connection.execute(published.order_by(articles.c.place)).all():
        _follow(connection, row.id, row.place, row.record)
    count_words(connection)


def count_words(connection: sa.Connection) -> None:
    """Count the entries' words with those of their articles, as store.search.add_words does.

    What a saved search has shown is not told again for that: nothing was published anew.
    """
    before = connection.execute(sa.text("SELECT max(version) FROM article_words")).scalar()
    if before is None:
        return
    # Articles without words are counted when the archive is searched next.
    counted = sa.text(
        "SELECT place FROM published_texts WHERE place IN (SELECT place FROM article_words) ORDER BY place"
    )
    places = connection.execute(counted).scalars().all()
    tokenizer = Tokenizer()
    for at in range(0, len(places), AT_ONCE):
        query = sa.text(
            "SELECT place, articles.title, json_extract(record, '$.title') AS entry_title, "
            "articles.text || char(10) || published_texts.text AS text "
            "FROM published_texts JOIN articles USING (place) JOIN entries USING (id) "
            "WHERE place BETWEEN :first AND :last AND place IN (SELECT place FROM article_words)"
        )
        part = places[at : at + AT_ONCE]
        rows = connection.execute(query, {"first": part[0], "last": part[-1]}).all()
        titles = ["\n".join(dict.fromkeys(filter(None, (row.title, row.entry_title)))) for row in rows]
        packed = tokenizer.pack([(title, row.text) for title, row in zip(titles, rows, strict=True)])
        values = [(row.place, words) for row, words in zip(rows, packed, strict=True)]
        connection.exec_driver_sql(
            "INSERT OR REPLACE INTO article_words (place, words) VALUES (?, ?)", values
        )
    connection.execute(
        sa.text(
            "UPDATE saved_searches SET seen_version = (SELECT max(version) FROM article_words) "
            "WHERE seen_version >= :before"
        ),
        {"before": before},
    )


def _follow(connection: sa.Connection, article_id: str, place: int, entry: dict[str, Any]) -> None:
    for table in (labels, signal_rows):
        connection.execute(table.delete().where(table.c.article_id == article_id))
    named = [("theme", each) for each in entry["themes"]] + [("keyword", each) for each in entry["keywords"]]
    for kind, label in named:
        values = {"article_id": article_id, "kind": kind, "label": label}
        connection.execute(labels.insert().prefix_with("OR IGNORE").values(values))
    for row in entry["signals"]:
        values = {name: row[name] for name in CELLS}
        connection.execute(signal_rows.insert().values(article_id=article_id, **values))
    text = "\n".join(each for each in _texts(entry) if each)
    connection.execute(published_texts.insert().values(place=place, text=text))


def _texts(entry: dict[str, Any]) -> Iterable[str]:
    yield from (entry["title"], entry["summary"], *entry["keywords"], *entry["themes"])
    for row in entry["signals"]:
        yield from (row["signal"], row.get("description", ""), *(row[name] for name in CELLS[1:]))
    for table in entry.get("tables", ()):
        for cells in table["rows"]:
            yield from cells
    # What an editor wrote beside the fields.
    yield from (part["text"] for part in entry.get("parts", ()))
