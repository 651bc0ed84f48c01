"""Fit patterns of change to the rows of one table, and choose their phrasings.

A pattern fits a row by meaning (the row's sentence, blended with the article) and by its cue words. Every
row gets another pattern while one fits; where the article is about one thing only, a pattern that fits
well may come again with other phrasings, because an ill-fitting pattern reads worse than a second side of
the same change. No phrasing comes twice in a table. Choices between equals go by a hash of the article's
id, so that the same phrase does not stand in every table on its subject.
"""

import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from digest.english.words import STOP_WORDS, stem
from digest.records import Pattern, Vectors

# Weight of the row's sentence against the whole article. At 1 a stray sentence calls up a stray pattern, at 0
# every row of a table gets the same one.
ROW_SHARE = 0.4
CUE_IN_ROW = 0.04
CUE_IN_ARTICLE = 0.01
MOST_CUES = 4
UNLESS = 0.3
# A pattern much farther from the article than the nearest one belongs to another subject, whatever a
# row's words.
NOT_A_STRANGER = 0.75
STRANGER = 0.2
WITHIN_REACH = 0.25
# Under this fit a pattern is a guess: one that has been used already is better. Chosen by
# reading the tables of some 60 development articles (November 2026).
MIN_FIT = 0.40
# A pattern counts as fitting only within this distance of the row's best one.
NEAR_BEST = 0.07
REUSE = 0.015


@dataclass
class Chooser:
    """Hands out phrasings for one table, none twice."""

    seed: str
    used: set[str] = field(default_factory=set)

    def take(self, phrasings: Sequence[str], *, row: int, column: str, near: frozenset[str]) -> str | None:
        """Choose a phrasing not used yet; one that shares words with the row first, then by hash.

        Returns:
            None when all are used.
        """
        free = [text for text in phrasings if stems_of(text) and text not in self.used]
        if not free:
            return None
        ranked = sorted(
            free,
            key=lambda text: (
                -min(2, len(stems_of(text) & near)),
                hashlib.sha256(f"{self.seed}/{row}/{column}/{text}".encode()).hexdigest(),
            ),
        )
        self.used.add(ranked[0])
        return ranked[0]


@lru_cache(maxsize=4096)
def stems_of(text: str) -> frozenset[str]:
    """The stems of a text's words but stop words."""
    return frozenset(
        stem(word) for word in re.findall(r"[^\W_][\w’'-]*", text.lower()) if word not in STOP_WORDS
    )


def fit_patterns(
    sentences: Sequence[str],
    vectors: Vectors,
    article_vector: Vectors,
    article_text: str,
    patterns: Sequence[Pattern],
    pattern_vectors: Vectors,
) -> Vectors:
    """Measure how well each pattern fits each row.

    Returns:
        Shape (rows, patterns): about .2 for a stranger, over .5 for a pattern that says what the row is
        about.
    """
    if not patterns or not sentences:
        return np.zeros((len(sentences), len(patterns)), dtype=np.float32)
    meaning = ROW_SHARE * (vectors @ pattern_vectors.T) + (1 - ROW_SHARE) * (pattern_vectors @ article_vector)
    fit = np.asarray(meaning, dtype=np.float32)
    article = _padded(article_text)
    rows = [_padded(sentence) for sentence in sentences]
    whole = pattern_vectors @ article_vector
    fit -= STRANGER * (whole < NOT_A_STRANGER * whole.max())
    # Cues add at most .12, so patterns farther off than WITHIN_REACH need not be looked at: looking at all
    # took 25 ms an article under a profiler (November 2026).
    within = np.flatnonzero(fit.max(axis=0) >= fit.max() - WITHIN_REACH)
    for column in (int(c) for c in within):
        pattern = patterns[column]
        cues = [_needle(cue) for cue in pattern.cues]
        present = [cue for cue in cues if cue in article]
        fit[:, column] += CUE_IN_ARTICLE * min(MOST_CUES, len(present))
        if any(_needle(word) in article for word in pattern.unless):
            fit[:, column] -= UNLESS
        for row, sentence in enumerate(rows):
            fit[row, column] += CUE_IN_ROW * min(2, sum(cue in sentence for cue in present))
    return fit


def assign_patterns(fit: Vectors) -> list[int]:
    """Give each row a pattern: its best unused one while that fits, else the table's best used one.

    Args:
        fit: Shape (rows, patterns) from fit_patterns.

    Returns:
        A column of `fit` for each row; empty for no patterns.
    """
    if fit.size == 0:
        return []
    used: dict[int, int] = {}
    chosen = []
    for row in range(len(fit)):
        best = float(fit[row].max())
        scores = fit[row].copy()
        for column, times in used.items():
            scores[column] -= REUSE * times if times < 4 else math.inf
        fresh = [c for c in np.argsort(-scores, kind="stable")[:12] if int(c) not in used]
        pick = int(np.argmax(scores))
        if pick in used and fresh:
            first = int(fresh[0])
            if fit[row, first] >= max(MIN_FIT, best - NEAR_BEST):
                pick = first
        used[pick] = used.get(pick, 0) + 1
        chosen.append(pick)
    return chosen


def _padded(text: str) -> str:
    return " " + " ".join(stem(word) for word in re.findall(r"[^\W_][\w’'-]*", text.lower())) + " "


@lru_cache(maxsize=8192)
def _needle(cue: str) -> str:
    return _padded(cue)
