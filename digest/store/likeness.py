"""What articles are compared by: their terms, packed vectors and neighbours. Articles are named by place."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Row, delete, select
from sqlalchemy.dialects.sqlite import insert

from digest.records import Vectors
from digest.store import schema
from digest.store.sqlite import for_writing

articles, vectors = schema.articles, schema.vectors
terms, frequencies, blocks, neighbours = (
    schema.terms,
    schema.frequencies,
    schema.vector_blocks,
    schema.neighbours,
)

# Few large blobs are read ten times faster than many small ones: 100,000 vectors in 50 blocks of 0.8 MB.
BLOCK_ROWS = 2_048

GONE = -1
"""In a block, the place of an article that was taken out."""

# SQLite takes at most 32,766 values in one statement.
SLICE = 5_000

# Counts are mostly zeros; a higher level takes longer and gains little.
ZLIB_LEVEL = 1

Packed = tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int8]]
"""Places, shape (n,); scales, shape (n,); rows, shape (n, d)."""


class Likeness:
    """Questions about what articles are compared by."""

    def __init__(self, engine: Engine) -> None:
        self._read = engine
        self._write = for_writing(engine)

    def drop_outdated(self, *, version: str) -> None:
        """Drop everything if its terms were made in another way."""
        with self._read.connect() as connection:
            found = connection.execute(select(frequencies.c.version)).scalars().all()
        if not found or version in found:
            return
        with self._write.begin() as connection:
            for table in (frequencies, terms, neighbours, blocks):
                connection.execute(delete(table))

    def missing(self, *, model_id: str) -> list[int]:
        """Give the places of articles that have a vector and were not weighed yet, in order."""
        known = select(neighbours.c.place).where(neighbours.c.model_id == model_id)
        with self._read.connect() as connection:
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

    def vectors_at(self, places: Sequence[int], *, model_id: str) -> Vectors:
        """Give the vectors of articles that have one. Shape (n, d), in the order asked for."""
        query = (
            select(articles.c.place, vectors.c.vector)
            .join(vectors, vectors.c.text_hash == articles.c.text_hash)
            .where(vectors.c.model_id == model_id)
        )
        with self._read.connect() as connection:
            found = {row.place: row.vector for row in _sliced(connection, query, articles.c.place, places)}
        joined = np.frombuffer(b"".join(found[each] for each in places), dtype=np.float16)
        matrix = joined.reshape(len(places), -1).astype(np.float32)
        norms = np.linalg.norm(matrix, axis=1, keepdims=True)
        return np.asarray(matrix / np.where(norms > 0, norms, 1), dtype=np.float32)

    def packed(self, *, model_id: str) -> Packed:
        """Give the packed vectors of all weighed articles, in order of being weighed."""
        query = select(blocks).where(blocks.c.model_id == model_id).order_by(blocks.c.block)
        with self._read.connect() as connection:
            parts = [_packed(row) for row in connection.execute(query)]
        if not parts:
            return np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros((0, 0), np.int8)
        places = np.concatenate([part[0] for part in parts])
        scales = np.concatenate([part[1] for part in parts])
        rows = np.concatenate([part[2] for part in parts])
        if (is_there := places != GONE).all():
            return places, scales, rows
        return places[is_there], scales[is_there], rows[is_there]

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
        return row.documents, np.frombuffer(zlib.decompress(row.counts), dtype=np.uint32)

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
        packed: Packed,
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
            _replace(
                connection, terms, [{"place": each, "terms": row.tobytes()} for each, row in terms_of.items()]
            )
            _replace(
                connection, neighbours, [_neighbour_row(model_id, *each) for each in neighbours_of.items()]
            )
            _append(connection, model_id, packed)


def forget(connection: Connection, place: int) -> None:
    """Take an article out, whose text changed or that is gone."""
    connection.execute(delete(terms).where(terms.c.place == place))
    known = connection.execute(delete(neighbours).where(neighbours.c.place == place)).rowcount
    if not known:
        return
    for row in connection.execute(select(blocks.c.block, blocks.c.places)).all():
        places = np.frombuffer(row.places, dtype=np.int64)
        if place in places:
            kept = np.where(places == place, GONE, places)
            connection.execute(
                blocks.update().where(blocks.c.block == row.block).values(places=kept.tobytes())
            )


def _append(connection: Connection, model_id: str, packed: Packed) -> None:
    """Add rows to the last block while it has room, then in new ones."""
    if not len(packed[0]):
        return
    query = select(blocks).where(blocks.c.model_id == model_id).order_by(blocks.c.block.desc()).limit(1)
    last = connection.execute(query).first()
    if last is not None and len(last.places) // 8 < BLOCK_ROWS:
        connection.execute(delete(blocks).where(blocks.c.block == last.block))
        kept = _packed(last)
        packed = (
            np.concatenate([kept[0], packed[0]]),
            np.concatenate([kept[1], packed[1]]),
            np.concatenate([kept[2], packed[2]]),
        )
    places, scales, rows = packed
    for at in range(0, len(places), BLOCK_ROWS):
        part = slice(at, at + BLOCK_ROWS)
        connection.execute(
            insert(blocks).values(
                model_id=model_id,
                places=places[part].tobytes(),
                scales=scales[part].tobytes(),
                rows=rows[part].tobytes(),
            )
        )


def _packed(row: Row[Any]) -> Packed:
    places = np.frombuffer(row.places, dtype=np.int64)
    scales = np.frombuffer(row.scales, dtype=np.float32)
    return places, scales, np.frombuffer(row.rows, dtype=np.int8).reshape(len(places), -1)


def _neighbour_row(model_id: str, place: int, found: Sequence[tuple[int, float]]) -> dict[str, Any]:
    return {
        "place": place,
        "model_id": model_id,
        "others": np.array([other for other, _ in found], dtype=np.int64).tobytes(),
        "similarities": np.array([similarity for _, similarity in found], dtype=np.float32).tobytes(),
    }


def _replace(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table).prefix_with("OR REPLACE"), rows)


def _sliced(connection: Connection, query: Any, column: Any, values: Iterable[int]) -> Iterator[Row[Any]]:
    wanted = [int(each) for each in values]
    for at in range(0, len(wanted), SLICE):
        yield from connection.execute(query.where(column.in_(wanted[at : at + SLICE])))
