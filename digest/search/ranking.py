"""Scores of all articles for a query: by words, by meaning, and by both."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digest.records import Vectors
from digest.search.search_index import Index
from digest.stories.nearest import Index as VectorIndex

WORDS_WEIGHT = 0.5
"""How much words count beside meaning, see `fuse`. SciFact train, nDCG@10 of the first 300 queries, which it
was chosen on, and of the other 509 (November 2026):

    words alone                          .695  .713
    meaning alone                        .656  .659
    both by reciprocal rank              .710  .720
    both, BM25 over its best, half       .734  .751
    both, BM25 as a share, .3            .736  .734
                           .4            .734  .742
                           .5            .737  .749
                           .7            .732  .752

Tried and left out, because none gained .005 on both sets or for what it cost: a vector of the title beside
the text's, the nearest sentence in place of the whole text (needs ten times the vectors), vectors less the
archive's mean, feedback from the first results to the query's vector (Rocchio) and to its words (RM3).
Measure again with `tests.quality.evaluation.search` before changing it."""

Scores = NDArray[np.float32]
"""Shape (n,), one for each row of the index; higher is better."""

TITLE_WEIGHT = 2.0
"""How much more a word of the title counts. SciFact train, first 300 and other 509 queries, nDCG@10: title
left out .685 and .693, weight 1 .693 and .711, 2 .686 and .717, 4 .686 and .722 (k1 of 1.2)."""

LENGTH_NORM = (0.3, 0.75)
"""How much a long title and a long text count against a word, 0 to 1."""

SATURATION = 0.9
"""How fast repeating a word stops counting (k1). Of .6, .9, 1.2 and 2 the best with WORDS_WEIGHT."""


def word_scores(index: Index, words: Sequence[int]) -> Scores:
    """Score by words: BM25 over title and text, counts of both added before they are saturated.

    Robertson, Zaragoza and Taylor (2004), "Simple BM25 extension to multiple weighted fields"; the weight of
    a word is log(1 + (n - df + .5) / (df + .5)), never negative. Zero where no word occurs.

    Args:
        index: The archive.
        words: Hashes of the words asked for, each once.
    """
    scores = np.zeros(len(index.places), dtype=np.float32)
    title_norm, text_norm = LENGTH_NORM
    title_mean, text_mean = index.lengths
    for word in words:
        postings = [part.postings(word) for part in index.parts]
        weight = word_weight(len(index.places), sum(len(rows) for rows, _ in postings))
        at = 0
        for part, (rows, counts) in zip(index.parts, postings, strict=True):
            lengths = part.lengths[rows]
            title = counts[:, 0] / (1 - title_norm + title_norm / title_mean * lengths[:, 0])
            text = counts[:, 1] / (1 - text_norm + text_norm / text_mean * lengths[:, 1])
            count = (TITLE_WEIGHT * title + text).astype(np.float32)
            scores[at : at + len(part.places)][rows] += (
                weight * (SATURATION + 1) * count / (SATURATION + count)
            )
            at += len(part.places)
    return scores


def word_weight(articles: int, holding: int) -> float:
    """Weigh a word by how few articles hold it."""
    return math.log(1 + (articles - holding + 0.5) / (holding + 0.5))


def similarities(index: Index, vectors: VectorIndex, vector: Vectors) -> Scores:
    """Give the cosine of every article to a vector, shape (d,); 0 for articles without one."""
    scores = np.zeros(len(index.places), dtype=np.float32)
    if not len(vectors) or vectors.parts[0].shape[1] != len(vector):
        return scores
    cosines = vectors.cosines(vector)
    if np.array_equal(vectors.places, index.places):
        return cosines
    rows, at = index.vector_rows
    scores[rows] = cosines[at]
    return scores


def best(index: Index, scores: Scores, *, allowed: NDArray[np.bool_], limit: int) -> list[int]:
    """Give the rows of the highest scores, ties in order of being seen; rows not allowed left out.

    Exact: what is not allowed is taken out before anything is chosen.
    """
    rows = np.flatnonzero(allowed)
    chosen = scores if len(rows) == len(scores) else scores[rows]
    if len(chosen) > 4 * limit:
        floor = np.partition(chosen, -limit)[-limit]
        kept = np.flatnonzero(chosen >= floor)
        rows, chosen = rows[kept], chosen[kept]
    return [int(row) for row in rows[np.lexsort((index.places[rows], -chosen))][:limit]]


def fuse(by_words: Scores, by_meaning: Scores, weight: float) -> Scores:
    """Bring both scores together: the cosine, and BM25 as a share of the query's weight.

    Scores are added, not ranks: that one article holds all words and the next only half of them says more
    than that they are first and second. Dividing by the weight of the query's words, the same for every
    article, makes BM25 comparable from query to query as the cosine is.

    Args:
        by_words: BM25 of every article.
        by_meaning: Cosine of every article.
        weight: Of all words of the query together; 0 for a query without words.
    """
    return by_meaning + WORDS_WEIGHT / weight * by_words if weight else by_meaning
