"""Search by meaning where the archive's database finds what is near: a few articles get a score, not all.

The database names the nearest of the articles that are allowed (under a filter, with the phrases asked for);
beside them stand the best by words. The cosines of these are then computed as on SQLite. Looked at so far
down, the best by both are among them but for what the database's index misses.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.records import Vectors
from digest.search.ranking import Scores
from digest.search.search_index import Index
from digest.stories.database_index import DatabaseIndex

NEAREST, BY_WORDS = 200, 300
"""Nearest articles, and best by words, that are looked at for ten results. Of the ten best by both of 100,000
articles all were found for 200 claims of SciFact; with 200 and 100 .999, with 100 and 300 .9995 (November
2026, `tests.bench.million`'s archive)."""

NO_COSINE = np.float32(-2)
"""Of articles that were not looked at: less than any."""


@dataclass(frozen=True)
class Looked:
    """What was looked at for a query."""

    rows: NDArray[np.bool_]
    """Shape (n,): the articles."""
    cosines: Scores
    """Shape (n,): theirs; 0 for one without a vector, NO_COSINE for those not looked at."""
    farthest: float
    """Cosine of the farthest of the nearest; NO_COSINE where all that are allowed were looked at."""
    are_words_cut: bool
    """Whether others may count for their words."""


def look(
    index: Index,
    held: DatabaseIndex,
    vector: Vectors,
    by_words: Scores,
    *,
    allowed: NDArray[np.bool_],
    worded: NDArray[np.bool_],
    times: int,
) -> Looked:
    """Look at the nearest articles, and at the best by words.

    Args:
        index: The archive.
        held: Its vectors, in the database.
        vector: The query's, shape (d,).
        by_words: Of every article; zeros where only meaning counts.
        allowed: The articles that may be found.
        worded: Those that may be for their words.
        times: How many times as many as usual are looked at.
    """
    places = None if allowed.all() else np.sort(index.places[allowed])
    nearest = held.held.nearest(vector, count=times * NEAREST, allowed=places)
    near = index.rows_of(nearest)
    looked = np.zeros(len(index.places), dtype=np.bool_)
    looked[near] = True
    best = np.flatnonzero(allowed & worded)
    are_words_cut = len(best) > times * BY_WORDS
    if are_words_cut:
        scores = by_words[best]
        best = best[scores >= np.partition(scores, -times * BY_WORDS)[-times * BY_WORDS]]
    looked[best] = True
    # What was taken in since the words were read has no row, and is found from the next search on.
    looked &= allowed
    found, vectors = held.held.vectors_at(index.places[looked])
    cosines = np.full(len(index.places), NO_COSINE, dtype=np.float32)
    cosines[looked] = 0
    if vectors.shape[1] == len(vector):
        cosines[index.rows_of(found)] = np.einsum("ij,j->i", vectors, vector)
    is_all = len(nearest) < times * NEAREST
    farthest = float(NO_COSINE if is_all else cosines[near].min(initial=1))
    return Looked(looked, cosines, farthest, are_words_cut)
