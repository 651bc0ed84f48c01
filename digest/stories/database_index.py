"""The vectors of an archive whose database finds what is near: the questions of `nearest.Index`, asked there.

A row is an article's place here. What the database names is brought over and compared as everywhere else, so
that cosines, similarities and thresholds are the same; what it misses of the nearest (docs/operation.md says
how much) is missed here. Ranks beyond FARTHEST are not told apart, and the mean of all is that of a sample:
both decide on hubs alone, and far from where these begin.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digest.records import Vectors
from digest.store.postgresql_vectors import PostgresqlVectors
from digest.stories.nearest import LEVEL_WEIGHT, USUAL_LEVEL, Places, rounded

FARTHEST = 400
"""Rank up to which articles are counted that are nearer: twice the reach of an entry (closest.MAX_REACH)."""

SPARE = 16
"""Articles asked for beyond those wanted, where some are left out."""


class DatabaseIndex:
    """The articles of an archive by place, with their vectors in the database."""

    def __init__(
        self, held: PostgresqlVectors, *, is_rounded: bool, without: frozenset[int] = frozenset()
    ) -> None:
        """Ask the database.

        Args:
            held: Its vectors.
            is_rounded: Whether they are compared as articles are (`nearest.rounded`).
            without: Places that are as if they were not there.
        """
        self.held = held
        self._is_rounded = is_rounded
        self._without = without

    def __len__(self) -> int:
        """Count the articles."""
        return self.held.count - len(self._without)

    def places_at(self, rows: NDArray[np.int64]) -> Places:
        """Give the places of rows, which are their own."""
        return rows

    def rows_of(self, places: Sequence[int] | Places) -> NDArray[np.int64]:
        """Give the rows of articles, leaving out those that are not there."""
        found = self.held.held_among(places)
        return found[~np.isin(found, list(self._without))] if self._without else found

    def vectors_at(self, rows: NDArray[np.int64]) -> Vectors:
        """Give the vectors of some rows, in the order asked for. Shape (m, d).

        That of an article that was taken out meanwhile has zeros, and is near to none.
        """
        places, vectors = self.held.vectors_at(rows)
        at = np.searchsorted(places, rows)
        is_there = np.isin(rows, places)
        found = np.zeros((len(rows), self.held.width), dtype=np.float32)
        found[is_there] = vectors[at[is_there]]
        return rounded(found) if self._is_rounded and len(found) else found

    def without(self, places: Sequence[int] | Places) -> "DatabaseIndex":
        """Give an index that lacks some articles."""
        lacks = self._without | frozenset(int(each) for each in places)
        return DatabaseIndex(self.held, is_rounded=self._is_rounded, without=lacks)

    def nearest(self, vectors: Vectors, *, count: int) -> NDArray[np.int64]:
        """Find the rows nearest to each vector, in no order. Shape (m, at most count)."""
        count = min(count, len(self))
        return np.stack([self._nearest(vector, count) for vector in vectors])

    def _nearest(self, vector: Vectors, count: int) -> NDArray[np.int64]:
        asked = count + min(SPARE, len(self._without))
        while True:
            found = self.held.nearest(vector, count=asked)
            kept = found[~np.isin(found, list(self._without))] if self._without else found
            if len(kept) >= count or len(found) < asked:
                return kept[:count]
            asked *= 4

    def level_of(self, vector: NDArray[np.float32], *, is_among: bool) -> float:
        """Say how near a vector is to any article."""
        return float(self._levels(vector[None], is_among=is_among)[0])

    def _levels(self, vectors: Vectors, *, is_among: bool) -> NDArray[np.float32]:
        count = len(self)
        sums = vectors @ self.held.mean * count - is_among + LEVEL_WEIGHT * USUAL_LEVEL
        return np.asarray(sums / (count - is_among + LEVEL_WEIGHT), dtype=np.float32)

    def ranks_from(
        self,
        rows: NDArray[np.int64],
        vector: NDArray[np.float32],
        level: float,
        *,
        uncounted: Sequence[NDArray[np.int64]] = (),
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Look at a vector from where some articles stand; see `nearest.Index.ranks_from`."""
        uncounted = uncounted or [rows[:0]] * len(rows)
        vectors = self.vectors_at(rows)
        own = vectors @ vector
        margins = np.asarray(
            own - (self._levels(vectors, is_among=True) + np.float32(level)) / 2, dtype=np.float32
        )
        near = [
            self._nearest(each, min(FARTHEST + 1 + len(out), len(self)))
            for each, out in zip(vectors, uncounted, strict=True)
        ]
        every = np.unique(np.concatenate(near)) if near else np.zeros(0, dtype=np.int64)
        others = self.vectors_at(every)
        levels = self._levels(others, is_among=True)
        ranks = np.zeros(len(rows), dtype=np.int64)
        for at, (found, out) in enumerate(zip(near, uncounted, strict=True)):
            theirs = np.searchsorted(every, found[~np.isin(found, [rows[at], *out])])
            ranks[at] = (
                others[theirs] @ vectors[at] - levels[theirs] / 2 > own[at] - np.float32(level / 2)
            ).sum()
        return ranks, margins
