"""All vectors of an archive: the coarse step, which finds what is worth comparing, and search by meaning.

They lie in parts, one after the other: what a file maps into memory, and what came since. The products below
are written for an archive of 100,000 articles on one core (384 dimensions, AMD EPYC, November 2026): one
vector against all takes 6 ms by einsum and 12 to 16 by OpenBLAS; a few against all 29 ms with the archive as
the left side and 46 as the right; the fifty nearest of 128 are found in 9 ms by the maxima of blocks, in 148
by argpartition alone.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digest.records import Vectors

Places = NDArray[np.int64]

USUAL_LEVEL = 0.1  # cosine, where the archive has not yet told; judgement
LEVEL_WEIGHT = 5
"""How near articles are to any other on average. An average over few says little, so it is drawn to the usual
one as if this many more had it."""

CHUNK = 128
"""Vectors compared with the whole archive at once: 50 MB for 100,000 articles."""

FEW = 32
"""Up to so many vectors the archive is the left side of the product."""

BLOCKS = 32
"""Each row is split in so many parts to find a floor under its highest values, see `_highest`."""

SMALL_PART = 8_192
"""Rows below which the last part is put together with what is added, so that parts stay few."""


def rounded(vectors: Vectors) -> Vectors:
    """Round vectors as far as packing does: what articles are compared by.

    No cosine differs by more than .002 (mean .0004, 1,222 texts of MiniLM, November 2026). Similarities and
    neighbours kept by archives were computed so; rounding keeps new ones equal to them.
    """
    return unpack(*pack(vectors))


def pack(vectors: Vectors) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Bring vectors to int8. Gives scales, shape (n,), and rows, shape (n, d)."""
    scales = np.abs(vectors).max(axis=1, initial=0).astype(np.float32) / np.float32(127)
    scales[scales == 0] = 1
    return scales, np.rint(vectors / scales[:, None]).astype(np.int8)


def unpack(scales: NDArray[np.float32], rows: NDArray[np.int8]) -> Vectors:
    """Bring them back, L2-normalised."""
    vectors = rows.astype(np.float32)
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    vectors /= np.where(norms > 0, norms, 1)[:, None]
    return vectors


class Index:
    """The articles of an archive by place, ascending, with their vectors."""

    def __init__(self, places: Places, vectors: Vectors | Sequence[Vectors]) -> None:
        """Put articles in order.

        Args:
            places: Shape (n,).
            vectors: Shape (n, d), rows L2-normalised; or in several parts, of n rows together.
        """
        parts = [vectors] if isinstance(vectors, np.ndarray) else [part for part in vectors if len(part)]
        if len(places) > 1 and not (places[1:] > places[:-1]).all():
            order = np.argsort(places)
            places, parts = places[order], [_in_order(parts, order)]
        self.places, self.parts = places, tuple(parts)

    def __len__(self) -> int:
        """Count the articles."""
        return len(self.places)

    @property
    def vectors(self) -> Vectors:
        """All vectors as one array, shape (n, d); copied where there are several parts."""
        return _joined(self.parts)

    def plus(self, places: Places, vectors: Vectors) -> "Index":
        """Give an index with some more articles."""
        parts = list(self.parts) if len(self) else []
        if parts and len(parts[-1]) < SMALL_PART:
            vectors = np.concatenate([parts.pop(), vectors])
        return Index(np.concatenate([self.places, places]), [*parts, vectors])

    def without(self, places: Sequence[int] | Places) -> "Index":
        """Give an index that lacks some articles; copied only where they stand between others."""
        is_kept = np.ones(len(self), dtype=bool)
        is_kept[self.rows_of(places)] = False
        parts = []
        for part, span in zip(self.parts, self._spans(), strict=True):
            rows = np.flatnonzero(is_kept[span])
            is_run = len(rows) > 0 and rows[-1] - rows[0] + 1 == len(rows)
            parts.append(part[rows[0] : rows[-1] + 1] if is_run else part[rows])
        return Index(self.places[is_kept], parts)

    def rows_of(self, places: Sequence[int] | Places) -> NDArray[np.int64]:
        """Give the rows of articles, leaving out those that are not there."""
        wanted = np.asarray(places, dtype=np.int64)
        if not len(self):
            return np.zeros(0, dtype=np.int64)
        rows = np.searchsorted(self.places, wanted).clip(max=len(self) - 1)
        found: NDArray[np.int64] = rows[self.places[rows] == wanted]
        return found

    def places_at(self, rows: NDArray[np.int64]) -> Places:
        """Give the places of rows."""
        return self.places[rows]

    def vectors_at(self, rows: NDArray[np.int64]) -> Vectors:
        """Give the vectors of some rows, in the order asked for. Shape (m, d)."""
        if len(self.parts) == 1:
            return self.parts[0][rows]
        found = np.empty((len(rows), self.parts[0].shape[1] if self.parts else 0), dtype=np.float32)
        for part, span in zip(self.parts, self._spans(), strict=True):
            is_here = (rows >= span.start) & (rows < span.stop)
            found[is_here] = part[rows[is_here] - span.start]
        return found

    def cosines(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the cosine of a vector, shape (d,), to every article. Shape (n,)."""
        if not len(self):
            return np.zeros(0, dtype=np.float32)
        return np.concatenate([np.einsum("ij,j->i", part, vector) for part in self.parts])

    def nearest(self, vectors: Vectors, *, count: int) -> NDArray[np.int64]:
        """Find the rows nearest to each vector, in no order. Shape (m, at most count)."""
        count = min(count, len(self))
        if count == len(self):
            return np.tile(np.arange(count), (len(vectors), 1))
        found = np.empty((len(vectors), count), dtype=np.int64)
        table = np.empty((min(CHUNK, len(vectors)), len(self)), dtype=np.float32)
        for at in range(0, len(vectors), CHUNK):
            part = vectors[at : at + CHUNK]
            found[at : at + CHUNK] = _highest(self._products(part, table[: len(part)]), count)
        return found

    @cached_property
    def _total(self) -> NDArray[np.float32]:
        total: NDArray[np.float32] = sum(
            (part.sum(axis=0) for part in self.parts[1:]), start=self.parts[0].sum(axis=0)
        )
        return total

    @cached_property
    def levels(self) -> NDArray[np.float32]:
        """How near each article is to any other: its mean cosine. Shape (n,)."""
        prior = LEVEL_WEIGHT * USUAL_LEVEL
        levels = (self.cosines(self._total) - 1 + prior) / (len(self) - 1 + LEVEL_WEIGHT)
        return np.asarray(levels, dtype=np.float32)

    def level_of(self, vector: NDArray[np.float32], *, is_among: bool) -> float:
        """Say how near a vector is to any article."""
        count = len(self) - is_among
        prior = LEVEL_WEIGHT * USUAL_LEVEL
        return (float(vector @ self._total) - is_among + prior) / (count + LEVEL_WEIGHT)

    def ranks_from(
        self,
        rows: NDArray[np.int64],
        vector: NDArray[np.float32],
        level: float,
        *,
        uncounted: Sequence[NDArray[np.int64]] = (),
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Look at a vector from where some articles stand.

        Cosines are taken less half the other side's level, so that what is near to everything does not fill
        the first ranks.

        Args:
            rows: The articles', shape (m,).
            vector: What is looked at, shape (d,).
            level: How near it is to any article.
            uncounted: Rows that count for nothing, for each article; empty for none at all.

        Returns:
            For each article how many others are nearer to it, and by how much the vector is nearer than each
            side is to any article. Shape (m,) both.
        """
        vectors = self.vectors_at(rows)
        cosines = self._products(vectors, np.empty((len(rows), len(self)), dtype=np.float32))
        own = vectors @ vector
        cosines -= self.levels / 2
        is_nearer = cosines > (own - np.float32(level / 2))[:, None]
        is_nearer[np.arange(len(rows)), rows] = False
        for at, each in enumerate(uncounted):
            is_nearer[at, each] = False
        margins = np.asarray(own - (self.levels[rows] + np.float32(level)) / 2, dtype=np.float32)
        return is_nearer.sum(axis=1), margins

    def _products(self, vectors: Vectors, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fill a table, shape (m, n), with the cosines of some vectors to every article."""
        for part, span in zip(self.parts, self._spans(), strict=True):
            if len(vectors) > FEW:
                np.matmul(vectors, part.T, out=table[:, span])
            else:
                table[:, span] = (part @ vectors.T).T
        return table

    def _spans(self) -> list[slice]:
        """Say which rows each part holds."""
        ends = np.cumsum([len(part) for part in self.parts]).tolist()
        return [slice(end - len(part), end) for part, end in zip(self.parts, ends, strict=True)]


def _joined(parts: Sequence[Vectors]) -> Vectors:
    if not parts:
        return np.zeros((0, 0), dtype=np.float32)
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _in_order(parts: Sequence[Vectors], order: NDArray[np.int64]) -> Vectors:
    """Bring the rows of all parts into one array, in the order given; copies each once."""
    rows = np.empty(len(order), dtype=np.int64)
    rows[order] = np.arange(len(order))
    whole = np.empty((len(order), parts[0].shape[1]), dtype=np.float32)
    at = 0
    for part in parts:
        whole[rows[at : at + len(part)]] = part
        at += len(part)
    return whole


def _highest(table: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Find where the highest values of each row are, in no order. Shape (m, count)."""
    width = table.shape[1] // BLOCKS
    if width <= count:
        return np.argpartition(-table, count - 1, axis=1)[:, :count]
    # Of `count` blocks each has a value no lower than the lowest of their maxima; so have `count` columns,
    # and only what is no lower needs to be looked at.
    maxima = table[:, : BLOCKS * width].reshape(len(table), BLOCKS, width).max(axis=1)
    floors = np.partition(maxima, -count, axis=1)[:, -count]
    found = np.empty((len(table), count), dtype=np.int64)
    for at, (row, floor) in enumerate(zip(table, floors, strict=True)):
        columns = np.flatnonzero(row >= floor)
        found[at] = columns[np.argpartition(-row[columns], count - 1)[:count]]
    return found
