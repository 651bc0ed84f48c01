"""What searching asks of the archive: word counts, the full-text index, filters, kept queries."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.sqlite import insert

from digest.errors import StoreError
from digest.language.secrecy import secretless_url
from digest.records import (
    CELLS,
    Analysis,
    FoundArticle,
    FoundSignal,
    PublishedEntry,
    SavedSearch,
    SearchFilter,
    SearchQuestion,
    Sentence,
    Signal,
    SignalRow,
)
from digest.records.analysis import stated_cells
from digest.records.entries import searchable_text, stated
from digest.records.plain_values import from_json, to_json
from digest.store import schema
from digest.store.sqlite import for_writing
from digest.store.sqlite_texts import SqliteTexts
from digest.store.statements import (
    POSTGRESQL,
    day_of,
    is_postgresql,
    joined,
    replace_rows,
    without_case,
)
from digest.store.tokenizer import Tokenizer

if TYPE_CHECKING:
    from digest.store.postgresql_texts import PostgresqlTexts

articles, article_words, labels = schema.articles, schema.article_words, schema.labels
signal_rows, saved_searches, drafts = schema.signal_rows, schema.saved_searches, schema.drafts
entries, published_texts = schema.entries, schema.published_texts

BATCH = 500
"""Articles whose words are counted in one go."""

SLICE = 5_000
"""Values in one statement, well below SQLite's 32,766."""

LIKE_SPECIAL = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


class Search:
    """Questions of searching."""

    def __init__(self, engine: Engine, cache: Path | None) -> None:
        """Take the archive's engine, and where a file that can always be made again may lie."""
        self._read = engine
        self._write = for_writing(engine)
        self.cache_path: Path | None = cache

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return Tokenizer()

    @cached_property
    def _texts(self) -> "SqliteTexts | PostgresqlTexts":
        if self._read.dialect.name != POSTGRESQL:
            return SqliteTexts()
        from digest.store.postgresql_texts import PostgresqlTexts

        return PostgresqlTexts(self._tokenizer)

    def words(self, text: str) -> list[str]:
        """Give the words of a query in order, stemmed as in the index."""
        return self._tokenizer.words(text)

    def words_in(self, texts: Sequence[str]) -> list[frozenset[str]]:
        """Give the different words of each text, stemmed as in the index."""
        return self._tokenizer.words_in(texts)

    def marked(self, texts: Sequence[str], expression: str, *, start: str, end: str) -> list[str]:
        """Put marks around what a full-text expression matches in each text."""
        return self._tokenizer.marked(texts, expression, start=start, end=end) if expression else list(texts)

    def fill_words(self) -> int:
        """Count the words of articles that were kept without: an older archive's. Returns how many."""
        missing = ~exists().where(article_words.c.place == articles.c.place)
        query = select(articles.c.place, articles.c.title, articles.c.text).where(missing).limit(BATCH)
        done = 0
        with self._read.connect() as connection:
            counts = (func.count(articles.c.id), func.count(article_words.c.place))
            held, counted = (connection.execute(select(each)).scalar_one() for each in counts)
        if held == counted:
            return 0
        while True:
            with self._write.begin() as connection:
                rows = connection.execute(query.order_by(articles.c.place)).all()
                add_words(connection, [(row.place, row.title, row.text) for row in rows], self._tokenizer)
            done += len(rows)
            if len(rows) < BATCH:
                return done

    def versions(self, *, up_to: int) -> int:
        """Count the articles whose words have a version up to this one: fewer than before, some changed."""
        # Counting all goes by a small index, and few are newer: a range of versions would be read whole.
        newer = select(func.count()).where(article_words.c.version > up_to)
        with self._read.connect() as connection:
            total = connection.execute(select(func.count(article_words.c.place))).scalar_one()
            return int(total - connection.execute(newer).scalar_one())

    def word_rows(self, *, after: int) -> tuple[NDArray[np.int64], NDArray[np.int64], list[bytes]]:
        """Give versions, places and packed words of articles beyond a version, by place."""
        query = select(article_words).where(article_words.c.version > after).order_by(article_words.c.place)
        with self._read.connect() as connection:
            rows = connection.execute(query).all()
        return (
            np.array([row.version for row in rows], dtype=np.int64),
            np.array([row.place for row in rows], dtype=np.int64),
            [row.words for row in rows],
        )

    def matching(self, expression: str) -> NDArray[np.int64]:
        """Give the places of the articles a full-text expression matches, ascending.

        It matches in the article itself or in its published entry.
        """
        with self._read.connect() as connection:
            found = self._texts.matching(connection, expression)
        # What matches in both comes twice.
        return np.unique(_sorted_places(found))

    def places_under(self, asked: SearchFilter, *, in_entries: bool) -> NDArray[np.int64]:
        """Give the places of the articles a filter lets through, ascending.

        Args:
            asked: The filter.
            in_entries: Only articles with a published entry, or a draft that was not rejected.
        """
        # Sorted here: told to sort, SQLite goes through the articles themselves, texts and all.
        query = select(joined(_filtered(asked, in_entries=in_entries).subquery().c.place))
        with self._read.connect() as connection:
            return _sorted_places(connection.execute(query).scalar())

    def found_articles(self, places: Sequence[int]) -> dict[int, FoundArticle]:
        """Give what a result shows of the articles at these places."""
        query = (
            select(
                articles,
                func.coalesce(_published("title"), drafts.c.title).label("draft_title"),
                _published("url").label("entry_url"),
                published_texts.c.text.label("entry_text"),
                schema.stories.c.story_id,
            )
            .join(drafts, drafts.c.id == articles.c.id, isouter=True)
            .join(entries, entries.c.id == articles.c.id, isouter=True)
            .join(published_texts, published_texts.c.place == articles.c.place, isouter=True)
            .join(schema.stories, schema.stories.c.article_id == articles.c.id, isouter=True)
        )
        out = {}
        with self._read.connect() as connection:
            for at in range(0, len(places), SLICE):
                found = connection.execute(query.where(articles.c.place.in_(places[at : at + SLICE])))
                for row in found:
                    out[row.place] = FoundArticle(
                        id=row.id,
                        url=row.url,
                        title=row.title,
                        draft_title=row.draft_title or "",
                        site=row.site,
                        published=date.fromisoformat(row.published) if row.published else None,
                        text=row.text,
                        sentences=tuple(Sentence(start, end) for start, end in row.sentences),
                        copy_of=row.copy_of or "",
                        story_id=row.story_id or row.copy_of or row.id,
                        entry_url=row.entry_url or "",
                        entry_text=row.entry_text or "",
                    )
        return out

    def listed(self, places: Sequence[int]) -> dict[int, tuple[str, str, str]]:
        """Give id, title and address of the articles at these places: no texts, for measuring."""
        columns = (articles.c.place, articles.c.id, articles.c.title, articles.c.url)
        with self._read.connect() as connection:
            rows = connection.execute(select(*columns).where(articles.c.place.in_(places))).all()
        return {row.place: (row.id, row.title, secretless_url(row.url)) for row in rows}

    def signals_matching(self, expression: str) -> list[tuple[int, float]]:
        """Give (row, BM25, higher is better) of the signal rows an expression matches, best first."""
        if not expression:
            return []
        with self._read.connect() as connection:
            return self._texts.signals_matching(connection, expression)

    def signals_of(self, places: Iterable[int]) -> list[int]:
        """Give the signal rows of the articles at these places."""
        query = select(signal_rows.c.row).join(articles, articles.c.id == signal_rows.c.article_id)
        with self._read.connect() as connection:
            found = connection.execute(
                query.where(articles.c.place.in_(list(places))).order_by(signal_rows.c.row)
            )
            return list(found.scalars())

    def found_signals(self, rows: Sequence[int]) -> dict[int, FoundSignal]:
        """Give signal rows with the articles they stand in; rows whose article is gone are left out."""
        query = (
            select(
                signal_rows,
                articles.c.place,
                func.coalesce(_published("title"), articles.c.title).label("title"),
                func.coalesce(_published("url"), articles.c.url).label("url"),
                articles.c.published,
            )
            .join(articles, articles.c.id == signal_rows.c.article_id)
            .join(entries, entries.c.id == articles.c.id, isouter=True)
        )
        out = {}
        with self._read.connect() as connection:
            for at in range(0, len(rows), SLICE):
                for row in connection.execute(query.where(signal_rows.c.row.in_(rows[at : at + SLICE]))):
                    out[row.row] = FoundSignal(
                        place=row.place,
                        article_id=row.article_id,
                        title=row.title,
                        url=row.url,
                        published=date.fromisoformat(row.published) if row.published else None,
                        cells=(row.signal, row.change, row.horizon_10y, row.driving_force),
                    )
        return out

    def frequent_labels(self, kind: Literal["theme", "keyword"], *, most: int) -> list[str]:
        """Give the labels that most articles have, the most frequent first."""
        query = (
            select(func.min(labels.c.label))
            .where(labels.c.kind == kind)
            .group_by(without_case(labels.c.label))
            .order_by(func.count().desc(), without_case(labels.c.label))
            .limit(most)
        )
        with self._read.connect() as connection:
            return list(connection.scalars(query))

    def save_search(self, name: str, asked: SearchQuestion, *, seen_version: int, now: datetime) -> None:
        """Keep a query under a name, in place of an earlier one."""
        values = {"asked": to_json(asked), "saved_at": now, "seen_version": seen_version, "seen_at": now}
        with self._write.begin() as connection:
            connection.execute(
                insert(saved_searches)
                .values(name=name, **values)
                .on_conflict_do_update(["name"], set_=values)
            )

    def save_seen(self, name: str, *, version: int, now: datetime) -> None:
        """Note that all articles up to a version were shown under a kept query."""
        with self._write.begin() as connection:
            connection.execute(
                saved_searches.update()
                .where(saved_searches.c.name == name)
                .values(seen_version=version, seen_at=now)
            )

    def remove_search(self, name: str) -> None:
        """Forget a kept query."""
        with self._write.begin() as connection:
            connection.execute(delete(saved_searches).where(saved_searches.c.name == name))

    def saved(self) -> list[SavedSearch]:
        """List the kept queries by name."""
        with self._read.connect() as connection:
            rows = connection.execute(select(saved_searches).order_by(saved_searches.c.name)).all()
        return [
            SavedSearch(
                name=row.name,
                asked=from_json(SearchQuestion, row.asked),
                saved_at=row.saved_at,
                seen_version=row.seen_version,
                seen_at=row.seen_at,
            )
            for row in rows
        ]


def _sorted_places(joined: str | None) -> NDArray[np.int64]:
    return np.sort(np.array(joined.split(",") if joined else (), dtype=np.int64))


def _published(field: str) -> ColumnElement[str | None]:
    """Name a text of the published entry; null where none is."""
    found: ColumnElement[str | None] = entries.c.record[field].as_string()
    return found


def add_words(
    connection: Connection, rows: Sequence[tuple[int, str, str]], tokenizer: Tokenizer | None = None
) -> None:
    """Count the words of articles (place, title, text) within the transaction that keeps them.

    The words of their published entries count with theirs.

    Raises:
        StoreError: this SQLite has no full-text index.
    """
    if not rows:
        return
    published = _texts_at(connection, [place for place, _, _ in rows])
    texts = []
    for place, title, body in rows:
        entry_title, entry_text = published.get(place, ("", ""))
        titles = dict.fromkeys(each for each in (title, entry_title) if each)
        texts.append(("\n".join(titles), f"{body}\n{entry_text}" if entry_text else body))
    tokenizer = tokenizer or Tokenizer()
    if is_postgresql(connection):
        from digest.store.postgresql_texts import keep_texts

        whole = [(*row, published.get(row[0], ("", ""))[1]) for row in rows]
        keep_texts(connection, whole, tokenizer)
    try:
        packed = tokenizer.pack(texts)
    except sqlite3.OperationalError as error:
        raise StoreError(f"this Python's SQLite cannot index text (FTS5): {error}") from error
    values = [{"place": row[0], "words": words} for row, words in zip(rows, packed, strict=True)]
    # Replaced, not updated: a changed article's words get a new version.
    replace_rows(connection, article_words, values, key=["place"])


def _texts_at(connection: Connection, places: Sequence[int]) -> dict[int, tuple[str, str]]:
    query = (
        select(published_texts, _published("title").label("title"))
        .join(articles, articles.c.place == published_texts.c.place)
        .join(entries, entries.c.id == articles.c.id)
    )
    return {
        row.place: (row.title, row.text)
        for at in range(0, len(places), SLICE)
        for row in connection.execute(query.where(published_texts.c.place.in_(places[at : at + SLICE])))
    }


def save_labels_and_signals(connection: Connection, article_id: str, analysis: Analysis) -> None:
    """Keep the themes, keywords and signal rows of an article's newest analysis, in place of earlier ones.

    Those of an article with a published entry stay what was published.
    """
    if connection.execute(select(entries.c.id).where(entries.c.id == article_id)).first() is None:
        themes, keywords = (
            [each.theme for each in analysis.themes],
            [each.keyword for each in analysis.keywords],
        )
        _replace(connection, article_id, themes, keywords, analysis.signals)


def follow_entries(connection: Connection, published: Sequence[PublishedEntry]) -> None:
    """Search articles by their entries as published, within the transaction that keeps those.

    Labels and signal rows are the entries', and their words are found beside those of the articles. An
    entry that says what it said before is no change to saved searches.
    """
    for each in published:
        _replace(connection, each.id, each.entry.themes, each.entry.keywords, each.entry.signals)
    _follow_texts(connection, {each.id: searchable_text(each.entry) for each in published})


def follow_analyses(connection: Connection, ids: Sequence[str]) -> None:
    """Search articles whose entries were withdrawn by themselves and their newest analyses again."""
    analyses = schema.analyses
    age: ColumnElement[int] = literal_column("analyses.rowid")
    newest = select(func.max(age)).where(analyses.c.article_id.in_(ids)).group_by(analyses.c.article_id)
    query = select(analyses).where(age.in_(newest.correlate(None)))
    found = {row.article_id: from_json(Analysis, row.record) for row in connection.execute(query)}
    for article_id in ids:
        if article_id in found:
            save_labels_and_signals(connection, article_id, found[article_id])
        else:
            _replace(connection, article_id, (), (), ())
    _follow_texts(connection, dict.fromkeys(ids, ""))


def _follow_texts(connection: Connection, texts: Mapping[str, str]) -> None:
    """Keep what the published entries of articles say (empty for none), and count words that changed."""
    ids = list(texts)
    query = select(
        articles.c.place,
        articles.c.id,
        articles.c.title,
        articles.c.text,
        published_texts.c.text.label("before"),
    ).join(published_texts, published_texts.c.place == articles.c.place, isouter=True)
    for at in range(0, len(ids), BATCH):
        rows = connection.execute(query.where(articles.c.id.in_(ids[at : at + BATCH]))).all()
        changed = [row for row in rows if (row.before or "") != texts[row.id]]
        places = [row.place for row in changed]
        # Deleted and inserted, not replaced: a replaced row's words would stay in the index.
        connection.execute(delete(published_texts).where(published_texts.c.place.in_(places)))
        values = [{"place": row.place, "text": texts[row.id]} for row in changed if texts[row.id]]
        if values:
            connection.execute(insert(published_texts), values)
        add_words(connection, [(row.place, row.title, row.text) for row in changed])


def _replace(
    connection: Connection,
    article_id: str,
    themes: Sequence[str],
    keywords: Sequence[str],
    signals: Sequence[Signal | SignalRow],
) -> None:
    """Keep these labels and signal rows of an article in place of others."""
    connection.execute(delete(labels).where(labels.c.article_id == article_id))
    connection.execute(delete(signal_rows).where(signal_rows.c.article_id == article_id))
    named = [("theme", each) for each in themes] + [("keyword", each) for each in keywords]
    if named:
        connection.execute(
            insert(labels).on_conflict_do_nothing(),
            [{"article_id": article_id, "kind": kind, "label": label} for kind, label in named],
        )
    rows = [{"article_id": article_id, **dict(zip(CELLS, _stated(each), strict=True))} for each in signals]
    if rows:
        connection.execute(insert(signal_rows), rows)


def _stated(row: Signal | SignalRow) -> tuple[str, ...]:
    """The cells that are found: what was suggested and not taken over is none."""
    if isinstance(row, Signal):
        return stated_cells(row)
    return tuple(getattr(stated(row), name) for name in CELLS)


def _filtered(asked: SearchFilter, *, in_entries: bool) -> Select[tuple[int]]:
    query = select(articles.c.place)
    for kind, wanted in (("theme", asked.theme), ("keyword", asked.keyword)):
        if wanted:
            # With the apostrophe as a keyboard has it, and as printers do.
            spellings = sorted({wanted, wanted.replace("’", "'"), wanted.replace("'", "’")})
            has_label = select(labels.c.article_id).where(
                labels.c.kind == kind,
                or_(*(without_case(labels.c.label) == without_case(each) for each in spellings)),
            )
            query = query.where(articles.c.id.in_(has_label))
    if asked.feed:
        query = query.where(articles.c.id.in_(_of_feed(asked.feed)))
    # The feed's or page's date; where neither names one, the day it was taken in.
    day = func.coalesce(articles.c.published, day_of(articles.c.taken_at))
    if asked.since:
        query = query.where(day >= asked.since.isoformat())
    if asked.until:
        query = query.where(day <= asked.until.isoformat())
    if asked.issue or asked.status or in_entries:
        of_draft = select(drafts.c.id)
        if asked.issue:
            of_draft = of_draft.where(drafts.c.issue == asked.issue)
        if asked.status:
            of_draft = of_draft.where(drafts.c.status == asked.status)
        if in_entries:
            # What is published is approved too, whether its entry is kept or stands on its page alone.
            of_draft = of_draft.where(drafts.c.status != "rejected")
        query = query.where(articles.c.id.in_(of_draft))
    return query


def _of_feed(wanted: str) -> Select[tuple[str]]:
    """Ids of the articles of feeds whose address or title, or whose roundup's title, holds these words."""
    pattern = f"%{wanted.translate(LIKE_SPECIAL)}%"
    links, feeds = schema.links, schema.feeds
    return (
        select(links.c.id)
        .join(feeds, feeds.c.url == links.c.feed_url, isouter=True)
        .where(
            or_(
                *(
                    column.ilike(pattern, escape="\\")
                    for column in (links.c.feed_url, links.c.origin_title, links.c.origin_url, feeds.c.title)
                )
            )
        )
    )
