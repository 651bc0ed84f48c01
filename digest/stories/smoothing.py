"""An article read together with its nearest: the second half of the measure, see `measure`."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from digest.records import Vectors
from digest.stories.measure import Floats, Profiles
from digest.stories.nearest import Places

Neighbours = Sequence[tuple[int, float]]
"""(place, similarity) of an article's nearest, nearest first."""

NEIGHBOURS = 3
"""How many of its nearest an article is read together with."""

MIN_NEIGHBOUR = 0.4
"""An article less similar is no neighbour: an article about something of its own stays what it is. Two lone
articles that were each other's neighbours would else look alike because of nothing but that: with .25, pair
F1 on two reports of each event among 240 pages is .60, with .4 .71, while all of ECB+ loses .01. In the
sample week the two reports of one event are at .43, the nearest other pair of one week at .35."""


class Smoothed:
    """Articles and the neighbours they are read together with, ready to be compared."""

    def __init__(
        self, places: Places, profiles: Profiles, neighbours: Mapping[int, Neighbours], chosen: Places
    ) -> None:
        """Bring articles together with their neighbours.

        Args:
            places: Shape (n,), ascending: of every article and neighbour.
            profiles: Of the same.
            neighbours: Of the articles, by place; one that is not in `places` is left out.
            chosen: Shape (m,): the articles to compare; one that is not in `places` is left out.
        """
        row_of = {place: row for row, place in enumerate(places.tolist())}
        self.places, self.profiles = places, profiles
        self.chosen = chosen[np.isin(chosen, places)]
        rows: list[int] = []
        shares: list[float] = []
        starts = [0]
        for place in self.chosen.tolist():
            there = [each for each in neighbours.get(place, ()) if each[0] in row_of]
            mixture = shares_of(place, there)
            rows += [row_of[each] for each in mixture]
            shares += mixture.values()
            starts.append(len(rows))
        self._row_of = row_of
        self._rows = np.array(rows, dtype=np.int64)
        self._shares = np.array(shares, dtype=np.float64)
        self._starts = np.array(starts, dtype=np.int64)

    def compared(self, query: Profiles, place: int) -> Floats:
        """Give the similarity of a query to each chosen article. Shape (m,).

        Args:
            query: Of the one article asked for.
            place: Its own; -1 if it is not in the archive.
        """
        alone = self.profiles.to_all(query.mixed([0], [1.0]))
        near = nearest_of(self.places.tolist(), alone, without=place)
        own, *others = shares_of(-1, near).values()
        rows = [self._row_of[other] for other, _ in near]
        mixture = query.mixed([0], [own]) + self.profiles.mixed(rows, others)
        sums = np.concatenate([[0.0], np.cumsum(self._shares * self.profiles.to_all(mixture)[self._rows])])
        found: Floats = sums[self._starts[1:]] - sums[self._starts[:-1]]
        return found

    def pairwise(self, places: Places | None = None) -> Floats:
        """Give the similarity of every two chosen articles. Shape (m, m), symmetric.

        Args:
            places: Some of the chosen, ascending; None for all.
        """
        terms, vectors = self._mixtures
        if places is not None:
            rows = np.flatnonzero(np.isin(self.chosen, places))
            terms, vectors = terms[rows], vectors[rows]
        return np.asarray((terms @ terms.T).todense() + vectors @ vectors.T, dtype=np.float64)

    @cached_property
    def _mixtures(self) -> "tuple[Any, Vectors]":
        from scipy.sparse import csr_array

        shape = (len(self.chosen), len(self.places))
        return self.profiles.mixtures(csr_array((self._shares, self._rows, self._starts), shape=shape))


def nearest_of(places: Sequence[int], similarities: Floats, *, without: int = -1) -> list[tuple[int, float]]:
    """Choose the neighbours an article is read together with; ties in the order given."""
    found = []
    for at in np.argsort(-similarities, kind="stable")[: NEIGHBOURS + 1].tolist():
        if places[at] != without and similarities[at] >= MIN_NEIGHBOUR:
            found.append((places[at], float(similarities[at])))
    return found[:NEIGHBOURS]


def shares_of(article: int, neighbours: Neighbours) -> dict[int, float]:
    """Say how much an article (first) and its neighbours count in its mixture; together 1."""
    whole = 1 + sum(similarity for _, similarity in neighbours)
    return {article: 1 / whole} | {other: similarity / whole for other, similarity in neighbours}
