"""Say whether two texts are alike because they are made from one template, not because they tell the same.

A site's texts about itself, press releases with a paragraph on the company, reports of quakes or prices with
only names and figures put in: much of the wording is shared, and what is left has little in common. Two
reports of one event that share wording (an agency's) have the names of the event in what is left.
"""

import re
import zlib
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from digest.stories.measure import Frequencies, share_held
from digest.stories.terms import keys_of, terms_of

RUN_WORDS = 4
"""Wording is shared where so many words follow each other in both."""

MIN_SHARED = 0.4
"""Share of one text's words from which the two may be of one template."""

MAX_COMMON = 0.12
"""What the rest of one has in common with the rest of the other, words and names weighed by rarity. Of 389
pairs of ECB+ reports of one event that share much wording 95 in 100 have more than .24 in common; of texts on
different events nine in ten have less than .07. At .2, and a MIN_SHARED of .3, pair F1 falls from .893 to
.886 (November 2026)."""

MIN_REST = 20
"""Words left in each; with fewer nothing can be said."""

MIN_OWN_WORDS, MIN_OWN_INSIDE, MIN_OWN = 12, 0.1, 0.2
"""Of texts that share nearly all shingles: what both must have of their own to be two texts of one frame, a
weekly column's say. A syndicated copy has its own head and foot, or lacks a paragraph; of 23 such pairs of
ECB+ and the pages (November 2026) none has .1 on both sides, while the weeks of a column have .11 with one
paragraph of their own and .24 with two. Head and foot alone must be longer to count."""

MAX_RETOLD = 0.4
"""Up to MIN_OWN: what the own part of one may share with the other's; with more it is the same, edited."""

_WORD = re.compile(r"\w+")

# Of the hash of a run; odd, so that no bit is lost.
_FACTOR = np.uint64(0x9E3779B97F4A7C15)

Keys = NDArray[np.int64]


@lru_cache(maxsize=65_536)
def _keys(word: str) -> Keys:
    """Give the terms of a word as written: none of a stop word, two of a name."""
    return keys_of(terms_of(word))


class Wording:
    """A text's runs of words, and the terms of each word."""

    def __init__(self, text: str) -> None:
        """Split a text, title and all."""
        words = _WORD.findall(text)
        self._runs = _runs_of([zlib.crc32(word.lower().encode()) for word in words])
        keys = [_keys(word) for word in words]
        self._count = len(words)
        self._keys = np.concatenate([*keys, np.zeros(0, dtype=np.int64)])
        self._word_at = np.repeat(np.arange(len(words)), [len(each) for each in keys])

    def is_of_one_template(self, other: "Wording", frequencies: Frequencies) -> bool:
        """Judge two texts that are near and no copies."""
        own, others = self._is_shared(other), other._is_shared(self)
        if min((~own).sum(), (~others).sum()) < MIN_REST or max(own.mean(), others.mean()) < MIN_SHARED:
            return False
        one, two = self._rest(own), other._rest(others)
        return max(share_held(one, two, frequencies), share_held(two, one, frequencies)) < MAX_COMMON

    def is_of_one_frame(self, other: "Wording") -> bool:
        """Judge two texts that share nearly all wording: whether both still tell something of their own.

        The two texts alone decide, not what else the archive holds.
        """
        own, others = ~self._is_shared(other), ~other._is_shared(self)
        if min(own.sum(), others.sum()) < MIN_OWN_WORDS:
            return False
        if min(own.mean(), others.mean()) >= MIN_OWN:
            return True
        inside = min(_inside(own), _inside(others)) >= MIN_OWN_INSIDE
        return inside and not self._is_retold(own, other, others)

    def is_another_page(self, other: "Wording") -> bool:
        """Judge two texts under one address: whether the page has been filled anew, not edited."""
        own, others = ~self._is_shared(other), ~other._is_shared(self)
        return self.is_of_one_frame(other) and not self._is_retold(own, other, others)

    def _is_retold(self, own: NDArray[np.bool_], other: "Wording", others: NDArray[np.bool_]) -> bool:
        one, two = self._rest(~own), other._rest(~others)
        frequencies = _general()
        return max(share_held(one, two, frequencies), share_held(two, one, frequencies)) >= MAX_RETOLD

    def _is_shared(self, other: "Wording") -> NDArray[np.bool_]:
        """Say of each word whether it stands in a run of the other. Shape (words,)."""
        shared = np.zeros(self._count, dtype=bool)
        starts = np.flatnonzero(np.isin(self._runs, other._runs))
        for step in range(RUN_WORDS):
            shared[starts + step] = True
        return shared

    def _rest(self, is_shared: NDArray[np.bool_]) -> Keys:
        return np.unique(self._keys[~is_shared[self._word_at]])


@cache
def _general() -> Frequencies:
    """Give how rare words are in general, whatever the archive holds."""
    return Frequencies.empty()


def _inside(own: NDArray[np.bool_]) -> float:
    """Give the share of a text that is its own and stands between what it shares."""
    shared = np.flatnonzero(~own)
    if not len(shared):
        return 0.0
    return float(own[shared[0] : shared[-1]].sum() / len(own))


def _runs_of(words: Sequence[int]) -> NDArray[np.uint64]:
    """Hash each run of RUN_WORDS words."""
    count = max(0, len(words) - RUN_WORDS + 1)
    hashed = np.array(words, dtype=np.uint64)
    runs = np.zeros(count, dtype=np.uint64)
    for step in range(RUN_WORDS):
        runs = (runs + hashed[step : step + count]) * _FACTOR
    return runs
