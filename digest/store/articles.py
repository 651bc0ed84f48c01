"""Articles of the archive, their vectors and their analyses."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Row, exists, func, literal_column, select, update
from sqlalchemy.dialects.sqlite import insert

from digest.language.addresses import address_key, entry_id
from digest.records import NO_CHANGE, Analysis, Article, ArticleKey, Sentence, Vectors
from digest.records.plain_values import from_json, to_json
from digest.store import schema
from digest.store.bands import add_bands, drop_bands, sharing_a_band
from digest.store.likeness import forget
from digest.store.search import add_words, save_labels_and_signals
from digest.store.sqlite import for_writing
from digest.store.statements import is_postgresql, replace_rows

articles, vectors, analyses = schema.articles, schema.vectors, schema.analyses

# SQLite takes at most 32,766 values in one statement; ids are asked for in slices well below.
SLICE = 5_000

KEY_COLUMNS = [column for column in articles.c if column.name not in ("text", "sentences", "signature")]


class Articles:
    """Questions about articles, vectors and analyses."""

    def __init__(self, engine: Engine) -> None:
        self._read = engine
        self._write = for_writing(engine)

    def add(self, article: Article, *, place: int, signature: NDArray[np.uint32], now: datetime) -> None:
        """Keep an article, in place of an earlier extraction of the same page."""
        row = _row(article, signature) | {"place": place, "taken_at": now, "is_imported": False}
        with self._write.begin() as connection:
            _make_room(connection, article)
            connection.execute(insert(articles).values(**row).on_conflict_do_update(["id"], set_=row))
            add_words(connection, [(place, article.title, article.text)])
            add_bands(connection, [place], signature[None])
            _follow_vectors(connection, [article.text_hash])

    def replace(self, article: Article, *, signature: NDArray[np.uint32]) -> None:
        """Keep another extraction of the page of an article that is there, which keeps its place and day."""
        with self._write.begin() as connection:
            _make_room(connection, article)
            _bring_to_front(connection, article)
            of_id = articles.c.id == article.id
            connection.execute(update(articles).where(of_id).values(**_row(article, signature)))
            place = connection.execute(select(articles.c.place).where(of_id)).scalar_one()
            add_words(connection, [(place, article.title, article.text)])
            add_bands(connection, [place], signature[None])
            _follow_vectors(connection, [article.text_hash])

    def half_replaced(self) -> list[str]:
        """Give articles whose text was replaced and not embedded yet, or not analyzed though one before was.

        In order of being seen. Nothing is missing of imported ones, nor a copy's analysis.
        """
        each, own = articles.alias(), analyses.alias()
        # From the index of hashes, which does not read the texts they lie behind.
        bare = select(each.c.place).where(~exists().where(vectors.c.text_hash == each.c.text_hash))
        unread = select(each.c.place).where(~exists().where(analyses.c.text_hash == each.c.text_hash))
        was_read = exists().where(own.c.article_id == articles.c.id) & articles.c.copy_of.is_(None)
        lacks = articles.c.place.in_(bare) | (articles.c.place.in_(unread) & was_read)
        query = select(articles.c.id).where(lacks, ~articles.c.is_imported).order_by(articles.c.place)
        with self._read.connect() as connection:
            return list(connection.execute(query).scalars())

    def add_imported(self, rows: Sequence[tuple[Article, NDArray[np.uint32], str]], *, now: datetime) -> None:
        """Keep articles that came by import: (article, signature, id of the one it copies or empty).

        Each takes a link too, so that a feed that names the address later does not fetch it again.
        """
        with self._write.begin() as connection:
            taken = _taken(connection, [address_key(article.url) for article, _, _ in rows])
            place = connection.execute(select(func.max(schema.links.c.place))).scalar() or 0
            places = list(range(place + 1, place + 1 + len(rows)))
            links, addresses, values = [], [], []
            for (article, signature, copy_of), place in zip(rows, places, strict=True):
                key = address_key(article.url)
                key = f"{key}#{article.id}" if key in taken else key
                taken.add(key)
                links.append(_import_link(article, key, place))
                addresses.append({"url": article.url, "id": entry_id(article.url), "link_id": article.id})
                addresses.append({"url": f"id:{article.id}", "id": article.id, "link_id": article.id})
                values.append(
                    _row(article, signature)
                    | {"place": place, "taken_at": now, "is_imported": True, "copy_of": copy_of or None}
                )
            if values:
                connection.execute(insert(schema.links), links)
                connection.execute(insert(schema.addresses).on_conflict_do_nothing(), addresses)
                connection.execute(insert(articles), values)
            add_words(connection, [(row["place"], row["title"], row["text"]) for row in values])
            add_bands(connection, places, _stacked([signature for _, signature, _ in rows]))
            _follow_vectors(connection, [article.text_hash for article, _, _ in rows])

    def count(self) -> int:
        """Count all articles."""
        with self._read.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(articles)).scalar_one())

    def known_ids(self) -> set[str]:
        """Give the ids of all articles."""
        with self._read.connect() as connection:
            return set(connection.execute(select(articles.c.id)).scalars())

    def usual_length(self, newest: int) -> int:
        """Give the mean length of the newest articles' texts, in characters; 0 where there are none."""
        lengths = select(func.length(articles.c.text).label("length")).order_by(articles.c.place.desc())
        with self._read.connect() as connection:
            mean = connection.execute(select(func.avg(lengths.limit(newest).subquery().c.length))).scalar()
        return round(mean or 0)

    def taken_since(self, moment: datetime) -> list[str]:
        """Give the ids of articles taken in from a moment on, but imported ones, in order of being seen."""
        wanted = select(articles.c.id).where(articles.c.taken_at >= moment, ~articles.c.is_imported)
        with self._read.connect() as connection:
            return list(connection.execute(wanted.order_by(articles.c.place)).scalars())

    def known_among(self, ids: Iterable[str]) -> set[str]:
        """Say which of these ids are articles."""
        return {row.id for rows in self._sliced(select(articles.c.id), articles.c.id, ids) for row in rows}

    def get(self, ids: Iterable[str]) -> dict[str, Article]:
        """Give whole articles by id; unknown ids are left out."""
        out: dict[str, Article] = {}
        for rows in self._sliced(select(articles), articles.c.id, ids):
            out |= {row.id: _article(row) for row in rows}
        return out

    def listing(self) -> list[ArticleKey]:
        """List all articles without their texts, in order of being seen."""
        with self._read.connect() as connection:
            rows = connection.execute(select(*KEY_COLUMNS).order_by(articles.c.place)).all()
        return [_key(row) for row in rows]

    def keys_of(self, ids: Iterable[str]) -> dict[str, ArticleKey]:
        """Give these articles without their texts, by id; unknown ids are left out."""
        found = self._sliced(select(*KEY_COLUMNS), articles.c.id, ids)
        return {row.id: _key(row) for rows in found for row in rows}

    def keys_at(self, places: Iterable[int]) -> dict[int, ArticleKey]:
        """Give the articles at these places without their texts, by place."""
        found = self._sliced(select(*KEY_COLUMNS), articles.c.place, places)
        return {row.place: _key(row) for rows in found for row in rows}

    def under(self, canonical_keys: Iterable[str]) -> list[ArticleKey]:
        """List the articles with these canonical addresses without their texts, in order of being seen."""
        found = self._sliced(select(*KEY_COLUMNS), articles.c.canonical_key, canonical_keys)
        return sorted((_key(row) for rows in found for row in rows), key=lambda key: key.place)

    def signatures(self, ids: Iterable[str] | None = None) -> tuple[list[str], NDArray[np.uint32]]:
        """Give ids in order of being seen and their signatures, shape (n, 128).

        Args:
            ids: The articles; unknown ones are left out. None for all.
        """
        query = select(articles.c.place, articles.c.id, articles.c.signature)
        if ids is not None:
            return _signed([row for rows in self._sliced(query, articles.c.id, ids) for row in rows])
        with self._read.connect() as connection:
            return _signed(connection.execute(query).all())

    def signatures_near(self, signatures: NDArray[np.uint32]) -> tuple[list[str], NDArray[np.uint32]]:
        """Give, as `signatures` does, the articles whose text may be near to one of these signatures'."""
        with self._read.connect() as connection:
            places = sharing_a_band(connection, signatures)
        query = select(articles.c.place, articles.c.id, articles.c.signature)
        return _signed([row for rows in self._sliced(query, articles.c.place, places) for row in rows])

    def save_copy(self, article_id: str, *, of: str) -> None:
        """Note that an article repeats another's text."""
        with self._write.begin() as connection:
            connection.execute(update(articles).where(articles.c.id == article_id).values(copy_of=of or None))

    def remove(self, article_id: str) -> None:
        """Take out an article that turned out to be another under a second address."""
        with self._write.begin() as connection:
            query = select(articles.c.place, articles.c.signature).where(articles.c.id == article_id)
            for row in connection.execute(query).all():
                forget(connection, row.place)
                drop_bands(connection, row.place, row.signature)
            connection.execute(articles.delete().where(articles.c.id == article_id))

    def save_vectors(self, rows: Iterable[tuple[str, NDArray[np.float32]]], *, model_id: str) -> None:
        """Keep vectors by the hash of their text."""
        values = [
            {"text_hash": text_hash, "model_id": model_id, "vector": vector.astype(np.float16).tobytes()}
            for text_hash, vector in rows
        ]
        if values:
            with self._write.begin() as connection:
                connection.execute(insert(vectors).on_conflict_do_nothing(), values)
                _follow_vectors(connection, [each["text_hash"] for each in values])

    def vectors_of(self, text_hashes: Iterable[str], *, model_id: str) -> dict[str, NDArray[np.float32]]:
        """Give known vectors by text hash; unknown ones are left out."""
        query = select(vectors).where(vectors.c.model_id == model_id)
        out: dict[str, NDArray[np.float32]] = {}
        for rows in self._sliced(query, vectors.c.text_hash, text_hashes):
            out |= {row.text_hash: _vector(row.vector) for row in rows}
        return out

    def matrix(self, *, model_id: str) -> tuple[list[str], Vectors]:
        """Give ids in order of being seen, and their vectors, shape (n, d); articles without one left out."""
        query = (
            select(articles.c.id, vectors.c.vector)
            .join(vectors, vectors.c.text_hash == articles.c.text_hash)
            .where(vectors.c.model_id == model_id)
            .order_by(articles.c.place)
        )
        with self._read.connect() as connection:
            rows = connection.execute(query).all()
        if not rows:
            return [], np.zeros((0, 0), dtype=np.float32)
        joined = np.frombuffer(b"".join(row.vector for row in rows), dtype=np.float16)
        matrix = joined.reshape(len(rows), -1).astype(np.float32)
        return [row.id for row in rows], matrix / np.linalg.norm(matrix, axis=1, keepdims=True)

    def save_analysis(self, article: Article, analysis: Analysis) -> None:
        """Keep an analysis under the text it was made from and the analyzer that made it."""
        values = {"article_id": article.id, "record": to_json(analysis)}
        key = {"text_hash": article.text_hash, "analyzer": analysis.analyzer}
        with self._write.begin() as connection:
            # Replaced, not updated, so that the newest analysis has the highest row number.
            replace_rows(connection, analyses, [key | values], key=key)
            save_labels_and_signals(connection, article.id, analysis)

    def analyses_of(self, text_hashes: Iterable[str], *, analyzer: str) -> dict[str, Analysis]:
        """Give known analyses by text hash."""
        query = select(analyses).where(analyses.c.analyzer == analyzer)
        out: dict[str, Analysis] = {}
        for rows in self._sliced(query, analyses.c.text_hash, text_hashes):
            out |= {row.text_hash: from_json(Analysis, row.record) for row in rows}
        return out

    def analyses_for(self, ids: Iterable[str]) -> dict[str, Analysis]:
        """Give the newest analysis of each article, by id, whichever analyzer made it."""
        query = select(analyses, literal_column("rowid").label("age"))
        newest: dict[str, tuple[int, Any]] = {}
        for rows in self._sliced(query, analyses.c.article_id, ids):
            for row in rows:
                newest[row.article_id] = max(
                    newest.get(row.article_id, (-1, None)), (row.age, row.record), key=lambda each: each[0]
                )
        return {article_id: from_json(Analysis, record) for article_id, (_, record) in newest.items()}

    def newest_analyses(self, ids: Iterable[str]) -> dict[str, int]:
        """Say which analysis is the newest of each article, by id: the number grows with each."""
        age: Any = func.max(literal_column("rowid")).label("age")
        query = select(analyses.c.article_id, age).group_by(analyses.c.article_id)
        return {
            row.article_id: row.age
            for rows in self._sliced(query, analyses.c.article_id, ids)
            for row in rows
        }

    def from_feeds(self, ids: Iterable[str]) -> set[str]:
        """Name the articles whose text is the one a feed carried, of some."""
        query = select(articles.c.id).where(articles.c.is_from_feed)
        return {row.id for rows in self._sliced(query, articles.c.id, ids) for row in rows}

    def without_change(self, ids: Iterable[str]) -> set[str]:
        """Name the articles whose newest analysis found no change, of some."""
        record = analyses.c.record
        notes = record["notes"].as_string()
        query = select(
            analyses.c.article_id,
            (func.coalesce(record["signals"].as_string(), "[]") != "[]").label("signals"),
            (func.replace(notes, NO_CHANGE, "") != notes).label("told"),
            literal_column("rowid").label("age"),
        ).order_by(literal_column("rowid"))
        found: dict[str, bool] = {}
        for rows in self._sliced(query, analyses.c.article_id, ids):
            found |= {row.article_id: not row.signals and bool(row.told) for row in rows}
        return {article_id for article_id, is_without in found.items() if is_without}

    def _sliced(self, query: Any, column: Any, values: Iterable[Any]) -> Iterable[Sequence[Row[Any]]]:
        wanted = list(dict.fromkeys(values))
        with self._read.connect() as connection:
            for at in range(0, len(wanted), SLICE):
                yield connection.execute(query.where(column.in_(wanted[at : at + SLICE]))).all()


def _follow_vectors(connection: Connection, text_hashes: Sequence[Any]) -> None:
    """Bring the index of vectors up to date that a large archive on PostgreSQL has."""
    if is_postgresql(connection):
        from digest.store.postgresql_vectors import follow

        follow(connection, text_hashes)


def _make_room(connection: Connection, article: Article) -> None:
    """Take out what is searched of an earlier extraction."""
    query = select(articles.c.place, articles.c.text_hash, articles.c.signature)
    old = connection.execute(query.where(articles.c.id == article.id)).first()
    if old is not None:
        drop_bands(connection, old.place, old.signature)
        if old.text_hash != article.text_hash:
            forget(connection, old.place)


def _bring_to_front(connection: Connection, article: Article) -> None:
    """Have the analyses of an article's text be its newest: they may be older than those of its last text."""
    query = select(analyses).where(analyses.c.article_id == article.id).order_by(literal_column("rowid"))
    known = connection.execute(query).all()
    if known and known[-1].text_hash == article.text_hash:
        return
    for row in [each for each in known if each.text_hash == article.text_hash]:
        key = {"text_hash": row.text_hash, "analyzer": row.analyzer}
        replace_rows(
            connection, analyses, [key | {"article_id": row.article_id, "record": row.record}], key=key
        )
        save_labels_and_signals(connection, article.id, from_json(Analysis, row.record))


def _taken(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Say which of these address keys have a link."""
    query = select(schema.links.c.key)
    return {
        key
        for at in range(0, len(keys), SLICE)
        for key in connection.execute(query.where(schema.links.c.key.in_(keys[at : at + SLICE]))).scalars()
    }


def _signed(rows: Sequence[Any]) -> tuple[list[str], NDArray[np.uint32]]:
    ordered = sorted(rows, key=lambda row: int(row.place))
    signatures = [np.frombuffer(row.signature, dtype=np.uint32) for row in ordered]
    return [row.id for row in ordered], _stacked(signatures)


def _stacked(signatures: Sequence[NDArray[np.uint32]]) -> NDArray[np.uint32]:
    return np.stack(signatures) if signatures else np.zeros((0, 128), dtype=np.uint32)


def _import_link(article: Article, key: str, place: int) -> dict[str, Any]:
    return {
        "place": place,
        "key": key,
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "origin_title": article.site,
        "origin_url": article.url,
        "feed_url": "",
        "state": "kept",
    }


def _row(article: Article, signature: NDArray[np.uint32]) -> dict[str, Any]:
    return {
        "id": article.id,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "canonical_key": address_key(article.canonical_url),
        "title": article.title,
        "author": article.author,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "site": article.site,
        "is_from_feed": article.is_from_feed,
        "text": article.text,
        "sentences": [[sentence.start, sentence.end] for sentence in article.sentences],
        "pages": list(article.pages),
        "text_hash": article.text_hash,
        "signature": signature.astype(np.uint32).tobytes(),
    }


def _key(row: Row[Any]) -> ArticleKey:
    return ArticleKey(
        id=row.id,
        place=row.place,
        canonical_key=row.canonical_key,
        text_hash=row.text_hash,
        title=row.title,
        site=row.site,
        published=date.fromisoformat(row.published) if row.published else None,
        language=row.language,
        copy_of=row.copy_of or "",
        is_imported=row.is_imported,
    )


def _article(row: Row[Any]) -> Article:
    return Article(
        id=row.id,
        url=row.url,
        canonical_url=row.canonical_url,
        title=row.title,
        author=row.author,
        published=date.fromisoformat(row.published) if row.published else None,
        language=row.language,
        text=row.text,
        sentences=tuple(Sentence(start, end) for start, end in row.sentences),
        site=row.site,
        is_from_feed=row.is_from_feed,
        pages=tuple(row.pages),
    )


def _vector(blob: bytes) -> NDArray[np.float32]:
    vector = np.frombuffer(blob, dtype=np.float16).astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector) or 1)
