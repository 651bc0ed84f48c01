"""Cells that earlier versions filled from the pattern library are marked, and found no more.

They were printed as the article's and stay in print; what counts them (search, export) leaves them out.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from digest.store.migrations.versions.v0008_searched_entries import CELLS, count_words

revision = "0012"
down_revision = "0011"

UNSAID = ("", "–")

MIN_EQUAL_CELLS = 2
"""Of a row whose signal an editor changed; as in issues.drafts.same_row."""

AT_ONCE = 500
"""Articles whose analyses are in memory at once."""

Row = dict[str, Any]

# Tables as they are here, whatever becomes of them later.
analyses = sa.table("analyses", sa.column("article_id"), sa.column("record", sa.JSON))
entries = sa.table("entries", sa.column("id"), sa.column("is_imported"), sa.column("record", sa.JSON))
articles = sa.table("articles", sa.column("id"), sa.column("place"))
signal_rows = sa.table("signal_rows", sa.column("article_id"), *map(sa.column, CELLS))
published_texts = sa.table("published_texts", sa.column("place"), sa.column("text"))


def upgrade() -> None:
    """Mark them in entries, and take them out of what is searched, of drafts and articles too."""
    connection = op.get_bind()
    having = sa.cast(analyses.c.record, sa.Text).like('%"suggested"%')
    ids = connection.execute(sa.select(analyses.c.article_id).where(having).distinct()).scalars().all()
    is_any = False
    for at in range(0, len(ids), AT_ONCE):
        is_any |= _mark_all(connection, ids[at : at + AT_ONCE])
    if is_any:
        count_words(connection)


def _mark_all(connection: sa.Connection, ids: Sequence[str]) -> bool:
    """Do it for some articles; says whether what entries say was changed."""
    # Analyses of several analyzers may be kept; any of them may have filled a printed cell.
    made: dict[str, list[Sequence[Row]]] = {}
    of_these = sa.select(analyses).where(analyses.c.article_id.in_(ids)).order_by(sa.text("rowid"))
    for row in connection.execute(of_these).all():
        made.setdefault(row.article_id, []).append(row.record["signals"])
    found = connection.execute(sa.select(entries).where(entries.c.id.in_(ids))).all()
    published = {row.id: row for row in found}
    for article_id, (*_, newest) in made.items():
        if article_id not in published and any(map(_suggested, newest)):
            _search(connection, article_id, [(signal, _suggested(signal)) for signal in newest])
    marked = [
        _mark(connection, row.id, row.record, [signal for signals in made[row.id] for signal in signals])
        for row in found
        if not row.is_imported
    ]
    return any(marked)


def _mark(connection: sa.Connection, entry_id: str, record: Row, signals: Sequence[Row]) -> bool:
    """Mark the cells of an entry; says whether there are any."""
    rows = [(row, list(_filled(row, signals))) for row in record["signals"]]
    if not any(names for _, names in rows):
        return False
    now = [{**row, "suggested_before": names} if names else row for row, names in rows]
    values = {"record": {**record, "signals": now}}
    connection.execute(entries.update().where(entries.c.id == entry_id).values(values))
    _search(connection, entry_id, rows)
    gone = [row[name] for row, names in rows for name in names]
    _say(connection, entry_id, gone)
    return True


def _filled(row: Row, signals: Sequence[Row]) -> Iterator[str]:
    """Name the cells of a row that stand as an analysis suggested them."""
    alike = [each for each in signals if _is_same(row, each)]
    for name in CELLS[1:]:
        if row[name] not in UNSAID and any(
            name in _suggested(each) and _plain(each[name]) == row[name] for each in alike
        ):
            yield name


def _is_same(row: Row, signal: Row) -> bool:
    if _plain(signal["signal"]) == row["signal"]:
        return True
    equal = [name for name in CELLS if row[name] not in UNSAID and _plain(signal[name]) == row[name]]
    return len(equal) >= MIN_EQUAL_CELLS


def _suggested(signal: Row) -> list[str]:
    basis: Mapping[str, str] = signal.get("basis") or {}
    return [name for name in CELLS[1:] if basis.get(name) == "suggested" and signal[name] not in UNSAID]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _search(connection: sa.Connection, article_id: str, rows: Sequence[tuple[Row, Sequence[str]]]) -> None:
    """Let the rows of an article be found without the named cells."""
    connection.execute(signal_rows.delete().where(signal_rows.c.article_id == article_id))
    for row, names in rows:
        values = {name: "–" if name in names else row[name] for name in CELLS}
        connection.execute(signal_rows.insert().values(article_id=article_id, **values))


def _say(connection: sa.Connection, entry_id: str, gone: Sequence[str]) -> None:
    """Take cells, a line each, out of the text in which an entry is found."""
    place = connection.execute(sa.select(articles.c.place).where(articles.c.id == entry_id)).scalar()
    where = published_texts.c.place == place
    text = connection.execute(sa.select(published_texts.c.text).where(where)).scalar()
    if text is None:
        return
    lines = text.split("\n")
    for each in gone:
        if each in lines:
            lines[lines.index(each)] = "–"
    # Deleted and inserted, not replaced: a replaced row's words would stay in the index.
    connection.execute(published_texts.delete().where(where))
    connection.execute(published_texts.insert().values(place=place, text="\n".join(lines)))
