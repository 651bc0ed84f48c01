"""The similarity of two articles: meaning, words and names, each article read together with its nearest.

similarity = MEANING_SHARE * cosine of the vectors
           + WORDS_SHARE * cosine of the words, weighed by how rare they are in the archive
           + NAMES_SHARE * the same of names and numbers

Then each side is smoothed: in place of an article stands the mean of it and its NEIGHBOURS nearest ones,
weighed by their similarity (document expansion after Singhal and Pereira, SIGIR 1999, but on both sides and
over all three parts). Two reports of one event that share few words share neighbours; two reports of like
events do not.

Chosen on ECB+ (982 texts, 240 unrelated pages among them, November 2026): MAP of rankings and the best pair
F1 of average linkage on all texts; pair F1 of the threshold in use where two reports of each event are there.

                                              MAP   best F1   two reports each
    vectors alone                             .873  .766
    words alone                               .936  .832
    names and numbers alone                   .936  .869
    .2/.4/.4, not smoothed                    .946  .869
    .4/.3/.3, smoothed over 3                 .964  .908      .57
    .2/.4/.4, smoothed over 3                 .969  .917      .64
    .25/.35/.4, smoothed over 3 of .4 and up  .967  .90       .71

With the threshold chosen on half of the topics, pair F1 on the other half (mean of eight halves) is .91 for
.2/.4/.4 and .90 for .4/.3/.3. Names tell stories apart; meaning tells what is merely related.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.language.background import counts as background_counts
from digest.records import Vectors
from digest.stories.terms import BUCKETS, KINDS, NAME, WORD, Terms, counts_of, keys_of, word_key

Floats = NDArray[np.float64]

MEANING_SHARE, WORDS_SHARE, NAMES_SHARE = 0.25, 0.35, 0.4  # the best of the table above

SCALE = 0.42
"""Similarities are shown raised to this power, which brings them into the range people know from cosines:
.08 becomes .35, where two articles begin to have something in common, and .43 becomes .70, one event."""


@dataclass(frozen=True)
class Frequencies:
    """In how many articles of the archive each term stands."""

    documents: int
    counts: NDArray[np.uint32]
    """Shape (KINDS * BUCKETS,), by the terms' keys."""

    @classmethod
    def empty(cls) -> "Frequencies":
        """Give the frequencies of an archive without articles."""
        return cls(0, np.zeros(KINDS * BUCKETS, dtype=np.uint32))

    def plus(self, added: Sequence[Terms]) -> "Frequencies":
        """Count some more articles."""
        if not added:
            return self
        keys = np.concatenate([keys_of(terms) for terms in added])
        counts = self.counts + np.bincount(keys, minlength=len(self.counts)).astype(np.uint32)
        return Frequencies(self.documents + len(added), counts)

    def rarity(self, keys: NDArray[np.int64]) -> Floats:
        """Inverse document frequency of terms, 1 for one that is everywhere.

        The general frequencies count as so many articles more: in an archive of twenty every word is rare.
        """
        general, documents = _general()
        counts = self.counts[keys].astype(np.float64) + general[keys]
        rarity: Floats = np.log((1 + self.documents + documents) / (1 + counts)) + 1
        return rarity


@cache
def _general() -> tuple[NDArray[np.uint16], int]:
    """Table of how common words are in general, as words and as names, and over how many texts."""
    documents, counts = background_counts()
    table = np.zeros(KINDS * BUCKETS, dtype=np.uint16)
    for stem, count in counts.items():
        for kind in (WORD, NAME):
            table[word_key(stem, kind=kind)] += count
    return table, documents


@dataclass(frozen=True)
class Mixture:
    """Several articles weighed and added up."""

    table: NDArray[np.float32]
    """Shape (KINDS * BUCKETS,): weight of each term."""
    vector: NDArray[np.float32]
    """Shape (d,)."""

    def __add__(self, other: "Mixture") -> "Mixture":
        """Add two."""
        return Mixture(self.table + other.table, self.vector + other.vector)


class Profiles:
    """n articles as rows such that the product of two rows is their similarity."""

    def __init__(self, vectors: Vectors, terms: Sequence[Terms], frequencies: Frequencies) -> None:
        """Weigh articles.

        Args:
            vectors: Shape (n, d), rows L2-normalised.
            terms: Of the n articles.
            frequencies: Of the archive.
        """
        self.vectors = vectors * np.float32(np.sqrt(MEANING_SHARE))
        self.starts = np.concatenate([[0], np.cumsum([len(each) for each in terms])]).astype(np.int64)
        joined = np.concatenate([*terms, np.zeros(0, dtype=np.uint32)])
        self.keys = keys_of(joined)
        self.weights = self._weighed(counts_of(joined), frequencies)

    def __len__(self) -> int:
        """Count the articles."""
        return len(self.starts) - 1

    def mixed(self, rows: Sequence[int], shares: Sequence[float]) -> Mixture:
        """Mix some articles into one.

        Args:
            rows: The articles.
            shares: How much each counts.
        """
        table = np.zeros(KINDS * BUCKETS, dtype=np.float32)
        vector = np.zeros(self.vectors.shape[1], dtype=np.float32)
        for row, share in zip(rows, shares, strict=True):
            here = slice(self.starts[row], self.starts[row + 1])
            table[self.keys[here]] += np.float32(share) * self.weights[here]
            vector += np.float32(share) * self.vectors[row]
        return Mixture(table, vector)

    def to_all(self, mixture: Mixture) -> Floats:
        """Give the similarity of a mixture to each article. Shape (n,)."""
        # Sums over rows of any length, empty ones too.
        products = mixture.table[self.keys] * self.weights
        sums = np.concatenate([[0.0], np.cumsum(products, dtype=np.float64)])
        found: Floats = sums[self.starts[1:]] - sums[self.starts[:-1]] + self.vectors @ mixture.vector
        return found

    def pairs(self, rows: NDArray[np.int64], others: NDArray[np.int64]) -> Floats:
        """Give the similarity of each article of `rows` to the one of `others` beside it. Shape (m,)."""
        both = self._matrix[rows].multiply(self._matrix[others]).sum(axis=1)
        meaning = np.einsum("ij,ij->i", self.vectors[rows], self.vectors[others])
        return np.asarray(np.asarray(both).ravel() + meaning, dtype=np.float64)

    def mixtures(self, shares: Any) -> "tuple[Any, Vectors]":
        """Mix articles.

        Args:
            shares: Sparse matrix, shape (m, n): how much of each article is in each of m mixtures.

        Returns:
            Terms, a sparse matrix of m rows, and vectors, shape (m, d).
        """
        return shares @ self._matrix, np.asarray(shares @ self.vectors, dtype=np.float32)

    @cached_property
    def _matrix(self) -> Any:
        # A tenth of a second to import, and not needed to compare one article with others.
        from scipy.sparse import csr_array

        # Only terms that are there get a column: turning a matrix of two million columns takes 2 ms.
        is_there = np.zeros(KINDS * BUCKETS, dtype=bool)
        is_there[self.keys] = True
        columns = (np.cumsum(is_there) - 1)[self.keys]
        return csr_array((self.weights, columns, self.starts), shape=(len(self), max(1, int(is_there.sum()))))

    def _weighed(self, counts: NDArray[np.float32], frequencies: Frequencies) -> NDArray[np.float32]:
        raw = (1 + np.log(np.maximum(counts, 1))) * frequencies.rarity(self.keys)
        # Words and names of each article are two groups, each brought to its share.
        group = np.repeat(np.arange(0, KINDS * len(self), KINDS), np.diff(self.starts)) + self.keys // BUCKETS
        squares = np.bincount(group, weights=raw**2, minlength=KINDS * len(self))
        shares = np.tile([WORDS_SHARE, NAMES_SHARE], len(self))
        raw *= np.sqrt(shares / np.maximum(squares, 1e-12))[group]
        weights: NDArray[np.float32] = raw.astype(np.float32)
        return weights


def shown(similarity: float) -> float:
    """Bring a similarity to the scale people see, 0..1."""
    return float(min(1.0, max(0.0, similarity) ** SCALE))


def coverage(part: Terms, whole: Terms, frequencies: Frequencies) -> float:
    """Say how much of what is said in a few words stands in a text as well.

    Returns:
        0..1: the share of the words and names, each weighed by the square of its rarity.
    """
    return share_held(keys_of(part), keys_of(whole), frequencies)


def share_held(part: NDArray[np.int64], whole: NDArray[np.int64], frequencies: Frequencies) -> float:
    """As `coverage`, for terms by their place in the table of all (`terms.keys_of`)."""
    if not len(part):
        return 0.0
    weights = frequencies.rarity(part) ** 2
    return float(weights[np.isin(part, whole)].sum() / weights.sum())
