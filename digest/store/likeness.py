"""What articles are compared by: their terms, packed vectors and neighbours. Articles are named by place."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Row, and_, delete, func, or_, select, true
from sqlalchemy.dialects.sqlite import insert

from digest.records import VectorRows, Vectors
from digest.store import schema
from digest.store.sqlite import for_writing
from digest.store.statements import POSTGRESQL, listed, replace_rows

if TYPE_CHECKING:
    from digest.store.postgresql_vectors import PostgresqlVectors

articles, vectors, words = schema.articles, schema.vectors, schema.article_words
terms, frequencies, neighbours = schema.terms, schema.frequencies, schema.neighbours

# SQLite takes at most 32,766 values in one statement.
SLICE = 5_000

# Counts are mostly zeros; a higher level takes longer and gains little.
ZLIB_LEVEL = 1

MOST_COUNTS = 100_000_000
"""Bytes of the counts of terms, unpacked."""

READ_AT_ONCE = 4_096
"""Vectors brought from float16 to float32 at once."""


class Likeness:
    """Questions about what articles are compared by."""

    def __init__(self, engine: Engine, cache: Path | None) -> None:
        """Take the archive's engine, and where a file that can always be made again may lie."""
        self._read = engine
        self._write = for_writing(engine)
        self.cache_path: Path | None = cache
        self.no_index = ""
        """Why a database could not make its index of vectors, for people, if that was tried here."""

    def drop_outdated(self, *, version: str) -> None:
        """Drop everything if its terms were made in another way."""
        with self._read.connect() as connection:
            found = connection.execute(select(frequencies.c.version)).scalars().all()
        if not found or version in found:
            return
        with self._write.begin() as connection:
            for table in (frequencies, terms, neighbours):
                connection.execute(delete(table))

    def missing(self, *, model_id: str) -> list[int]:
        """Give the places of articles that have a vector and were not weighed yet, in order."""
        known = select(neighbours.c.place).where(neighbours.c.model_id == model_id)
        with self._read.connect() as connection:
            # Nothing is weighed that is no article: equal numbers say that nothing is missing.
            held = connection.execute(select(func.count(articles.c.id))).scalar_one()
            if connection.execute(select(func.count()).select_from(known.subquery())).scalar_one() == held:
                return []
            found = connection.execute(select(articles.c.place).except_(known)).scalars().all()
            query = (
                select(articles.c.place)
                .join(vectors, vectors.c.text_hash == articles.c.text_hash)
                .where(vectors.c.model_id == model_id)
            )
            return sorted(row[0] for row in _sliced(connection, query, articles.c.place, found))

    def texts(self, places: Iterable[int]) -> list[tuple[int, str]]:
        """Give place and title with text of articles, in order of being seen."""
        query = select(articles.c.place, articles.c.title, articles.c.text)
        with self._read.connect() as connection:
            rows = list(_sliced(connection, query, articles.c.place, places))
        return sorted((row.place, f"{row.title}\n{row.text}") for row in rows)

    def packed(self, *, model_id: str, after: int = 0, late: Sequence[int] = ()) -> VectorRows:
        """Give the vectors of all articles, which are kept as float16; or of those that came since.

        Args:
            model_id: Whose vectors.
            after: Only articles whose words have a higher version; 0 for all, those without words too.
            late: Places of other articles, which may have got a vector since.
        """
        if after:
            newer = select(words.c.place).where(words.c.version > after)
            is_meant = or_(articles.c.place.in_(newer), articles.c.place.in_(listed(late)))
        else:
            is_meant = true()
        joined = articles.join(vectors, vectors.c.text_hash == articles.c.text_hash)
        has_one = and_(is_meant, vectors.c.model_id == model_id)
        # One transaction: all of it as of one moment.
        with self._read.connect() as connection:
            newest, counted = connection.execute(
                select(func.coalesce(func.max(words.c.version), 0), func.count(words.c.place))
            ).one()
            asked = select(articles.c.place).where(is_meant)
            everything = np.array(connection.execute(asked).scalars().all(), dtype=np.int64)
            found = select(articles.c.place).select_from(joined).where(has_one)
            places = np.sort(np.array(connection.execute(found).scalars().all(), dtype=np.int64))
            rows = connection.execute(
                select(articles.c.place, vectors.c.vector).select_from(joined).where(has_one)
            )
            matrix = _matrix(rows.partitions(READ_AT_ONCE), places)
        return VectorRows(places, matrix, np.sort(np.setdiff1d(everything, places)), newest, counted)

    def index_vectors(self, *, model_id: str) -> None:
        """Have a database that can do it hold the vectors in an index once there are many; see `no_index`."""
        if self._read.dialect.name == POSTGRESQL:
            from digest.store.postgresql_vectors import make

            self.no_index = make(self._read, self._write, model_id) or self.no_index

    def indexed(self, *, model_id: str) -> "PostgresqlVectors | None":
        """Give that index; None where there is none of this model's vectors."""
        if self._read.dialect.name != POSTGRESQL:
            return None
        from digest.store.postgresql_vectors import PostgresqlVectors, held_model

        with self._read.connect() as connection:
            return PostgresqlVectors(self._read) if held_model(connection) == model_id else None

    def terms_at(self, places: Iterable[int]) -> dict[int, NDArray[np.uint32]]:
        """Give the terms of weighed articles by place."""
        with self._read.connect() as connection:
            rows = list(_sliced(connection, select(terms), terms.c.place, places))
        return {row.place: np.frombuffer(row.terms, dtype=np.uint32) for row in rows}

    def neighbours_at(self, places: Iterable[int], *, model_id: str) -> dict[int, list[tuple[int, float]]]:
        """Give (place, similarity) of the nearest of weighed articles, nearest first, by place."""
        query = select(neighbours).where(neighbours.c.model_id == model_id)
        with self._read.connect() as connection:
            rows = list(_sliced(connection, query, neighbours.c.place, places))
        return {
            row.place: list(
                zip(
                    np.frombuffer(row.others, dtype=np.int64).tolist(),
                    np.frombuffer(row.similarities, dtype=np.float32).tolist(),
                    strict=True,
                )
            )
            for row in rows
        }

    def frequencies(self, *, version: str) -> tuple[int, NDArray[np.uint32]] | None:
        """Give how many articles were counted, and in how many each term stands; None before the first."""
        with self._read.connect() as connection:
            row = connection.execute(select(frequencies).where(frequencies.c.version == version)).first()
        if row is None:
            return None
        return row.documents, np.frombuffer(
            zlib.decompressobj().decompress(row.counts, MOST_COUNTS), dtype=np.uint32
        )

    def copies(self) -> set[int]:
        """Give the places of articles that repeat another's text."""
        with self._read.connect() as connection:
            return set(
                connection.execute(select(articles.c.place).where(articles.c.copy_of.is_not(None))).scalars()
            )

    def save(
        self,
        *,
        model_id: str,
        version: str,
        counted: tuple[int, NDArray[np.uint32]],
        terms_of: Mapping[int, NDArray[np.uint32]],
        neighbours_of: Mapping[int, Sequence[tuple[int, float]]],
    ) -> None:
        """Keep what was made of new articles, and the neighbours of older ones that changed, at once."""
        with self._write.begin() as connection:
            documents, counts = counted
            values = {"documents": documents, "counts": zlib.compress(counts.tobytes(), ZLIB_LEVEL)}
            connection.execute(
                insert(frequencies)
                .values(version=version, **values)
                .on_conflict_do_update(["version"], set_=values)
            )
            if made := [{"place": each, "terms": row.tobytes()} for each, row in terms_of.items()]:
                replace_rows(connection, terms, made, key=["place"])
            if near := [_neighbour_row(model_id, *each) for each in neighbours_of.items()]:
                replace_rows(connection, neighbours, near, key=["place", "model_id"])


def forget(connection: Connection, place: int) -> None:
    """Take an article out, whose text changed or that is gone."""
    connection.execute(delete(terms).where(terms.c.place == place))
    connection.execute(delete(neighbours).where(neighbours.c.place == place))


def _matrix(parts: Iterable[Sequence[Any]], places: NDArray[np.int64]) -> Vectors:
    """Put (place, vector) rows in any order into the rows of their places (ascending), L2-normalised."""
    matrix = np.zeros((0, 0), dtype=np.float32)
    for part in parts:
        halves = np.frombuffer(b"".join(row.vector for row in part), dtype=np.float16)
        found = halves.reshape(len(part), -1).astype(np.float32)
        norms = np.linalg.norm(found, axis=1, keepdims=True)
        if not len(matrix):
            matrix = np.empty((len(places), found.shape[1]), dtype=np.float32)
        at = np.searchsorted(places, [row.place for row in part])
        matrix[at] = found / np.where(norms > 0, norms, 1)
    return matrix


def _neighbour_row(model_id: str, place: int, found: Sequence[tuple[int, float]]) -> dict[str, Any]:
    return {
        "place": place,
        "model_id": model_id,
        "others": np.array([other for other, _ in found], dtype=np.int64).tobytes(),
        "similarities": np.array([similarity for _, similarity in found], dtype=np.float32).tobytes(),
    }


def _sliced(connection: Connection, query: Any, column: Any, values: Iterable[int]) -> Iterator[Row[Any]]:
    wanted = [int(each) for each in values]
    for at in range(0, len(wanted), SLICE):
        yield from connection.execute(query.where(column.in_(wanted[at : at + SLICE])))
