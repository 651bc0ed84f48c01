"""Fit patterns of change to the rows of one table, and choose their phrasings.

A pattern fits a row by meaning and by its cue words; so does each phrasing of it. Rows get different
patterns where several fit about equally well; otherwise one that fits comes again with other phrasings,
because an ill-fitting pattern reads worse than a second side of the same change. No phrasing comes twice
in a table. Choices between near-equals go by a hash of the article's id, so that the same phrase does not
stand in every table on its subject.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from digest.analysis.library import COLUMNS, Library
from digest.language.words import STOP_WORDS, WORD, stem, stems
from digest.records import Pattern, Vectors

# What is compared with what: the description of a pattern or the mean of its phrasings, with the whole
# article, its first sentences or the row's sentence. On tests/quality/pattern_labels.csv (348 pairs of row
# and pattern judged by reading: 0 stray, 1 acceptable, 2 fits) the best pattern gets 1.74 on average and
# orders 82 of 100 pairs right; by description alone, with cues, it was 1.65 and 76; of the patterns
# assigned 3 in 100 are strays (November 2026). Some forty settings were tried, nearly all within .05 of each
# other, so little is fitted; but the library was written with these pages in view.
DESCRIPTION_ARTICLE, DESCRIPTION_LEAD, DESCRIPTION_ROW = 0.19, 0.19, 0.25
PHRASINGS_ARTICLE, PHRASINGS_ROW = 0.12, 0.25  # among the settings named above
# Part of a fit that is the whole table's, against stray words of one row.
WHOLE_TABLE = 0.2
CUE_IN_ROW = 0.04  # a cue word in the row, for two at most; among the settings named above
CUE_IN_ARTICLE = 0.01  # and anywhere in the article
MOST_CUES = 4  # that count in an article: a list of them is no proof; judgement
UNLESS = 0.3  # a word that rules a pattern out takes off as much as the best fits have; judgement
LONGEST_CUE = 4  # words; no cue of the library has more
# A pattern under this part of the article's best is about another subject, whatever a row's words.
NOT_A_STRANGER = 0.7
# Taken off such a pattern's fit, enough that none of the article's own falls behind; judgement.
STRANGER = 0.2
# A pattern under this part of the row's best fit is a stray: of those over it 3 in 10 of the judged pairs
# were, of those under it half.
SHARE_OF_BEST = 0.8
# Another pattern is taken where it fits no more than this worse than one used already, once for each use.
REUSE = 0.03
# Under this fit the best pattern says little of what the row is about, so not its category either. One row
# in eleven of the development pages.
SURE_FIT = 0.3
# How near a phrasing is counts with the article too, or a row's stray word calls up a stray phrasing.
PHRASING_ARTICLE = 0.5
SHARED_WORD = 0.04  # a word of the row that a phrasing has too, for two at most; judgement
NEAR_EQUAL = 0.03  # phrasings so near to the best are drawn among; judgement


@lru_cache(maxsize=4096)
def stems_of(text: str) -> frozenset[str]:
    """The stems of a text's words but stop words."""
    return frozenset(stem(word) for word in re.findall(WORD, text.lower()) if word not in STOP_WORDS)


def fit_patterns(
    sentences: Sequence[str],
    vectors: Vectors,
    article_vector: Vectors,
    lead_vector: Vectors,
    article_text: str,
    library: Library,
) -> Vectors:
    """Measure how well each pattern fits each row.

    Args:
        sentences: The rows' sentences.
        vectors: Shape (rows, d), of the sentences, L2-normalised.
        article_vector: Shape (d,), of the whole text.
        lead_vector: Shape (d,), of the first sentences.
        article_text: Title and text.
        library: The patterns.

    Returns:
        Shape (rows, patterns): about .2 for a stranger, over .4 for a pattern that says what the row is
        about.
    """
    if not library.patterns or not sentences:
        return np.zeros((len(sentences), len(library.patterns)), dtype=np.float32)
    described, phrased = library.pattern_vectors, library.phrasing_means
    of_article = described @ (DESCRIPTION_ARTICLE * article_vector + DESCRIPTION_LEAD * lead_vector)
    of_article += PHRASINGS_ARTICLE * (phrased @ article_vector)
    of_article -= STRANGER * (of_article < NOT_A_STRANGER * of_article.max())
    of_rows = DESCRIPTION_ROW * (vectors @ described.T) + PHRASINGS_ROW * (vectors @ phrased.T)
    fit = np.asarray(of_rows + of_article, dtype=np.float32)
    article = _runs(article_text)
    rows = [_runs(sentence) for sentence in sentences]
    for column, pattern in enumerate(library.patterns):
        present = [cue for cue in map(stems, pattern.cues) if cue in article]
        fit[:, column] += CUE_IN_ARTICLE * min(MOST_CUES, len(present))
        if pattern.unless and any(stems(words) in article for words in pattern.unless):
            fit[:, column] -= UNLESS
        for row, runs in enumerate(rows) if present else ():
            fit[row, column] += CUE_IN_ROW * min(2, sum(cue in runs for cue in present))
    fit += WHOLE_TABLE * (fit.mean(axis=0) - fit)
    # Where nothing surely fits a row, what fits the table as a whole is a better guess than its stray words.
    is_unsure = fit.max(axis=1) < SURE_FIT
    fit[is_unsure] = fit.mean(axis=0)
    return fit


def assign_patterns(fit: Vectors, slots: Sequence[int]) -> list[int]:
    """Give each row a pattern, the best pairs first.

    Args:
        fit: Shape (rows, patterns) from fit_patterns.
        slots: How many rows each pattern has phrasings for.

    Returns:
        A column of `fit` for each row; empty for no patterns.
    """
    if fit.size == 0:
        return []
    best = fit.max(axis=1, keepdims=True)
    # A stray is taken only when everything that fits is used up.
    value = np.where(fit >= SHARE_OF_BEST * best, fit, fit - 1).astype(np.float64)
    free = np.asarray(slots, dtype=np.int64).copy()
    chosen = [-1] * len(fit)
    for _ in range(len(fit)):
        row, column = divmod(int(np.argmax(value)), fit.shape[1])
        chosen[row] = column
        free[column] -= 1
        value[:, column] -= REUSE if free[column] > 0 else 2
        value[row] = -np.inf
    return chosen


@dataclass
class Chooser:
    """Hands out phrasings for one table, none twice."""

    library: Library
    seed: str
    article_vector: Vectors
    used: set[str] = field(default_factory=set)

    def take(self, pattern: int, column: str, sentence: str, vector: Vectors) -> str | None:
        """Choose the phrasing of a pattern that is nearest to the row and the article.

        Args:
            pattern: Its place in the library.
            column: One of library.COLUMNS.
            sentence: The row's.
            vector: Shape (d,), of the sentence, L2-normalised.

        Returns:
            None when all phrasings are used.
        """
        first, texts = self.library.phrasings(pattern, column)
        free = [at for at, text in enumerate(texts) if text not in self.used and stems_of(text)]
        if not free:
            return None
        vectors = self.library.phrasing_vectors[first : first + len(texts)].astype(np.float32)
        near = vectors @ (vector + PHRASING_ARTICLE * self.article_vector)
        words = stems_of(sentence)
        scores = {at: float(near[at]) + SHARED_WORD * min(2, len(stems_of(texts[at]) & words)) for at in free}
        bar = max(scores.values()) - NEAR_EQUAL
        text = min((texts[at] for at in free if scores[at] >= bar), key=self._hash)
        self.used.add(text)
        return text

    def _hash(self, text: str) -> str:
        return hashlib.sha256(f"{self.seed}/{text}".encode()).hexdigest()


def slots_of(pattern: Pattern) -> int:
    """How many rows a pattern has phrasings for."""
    return min(len(getattr(pattern, column)) for column in COLUMNS)


def _runs(text: str) -> set[tuple[str, ...]]:
    """Every run of one to LONGEST_CUE words of a text, as stems: looking a cue up in it costs nothing, where
    searching the text for each of some 4,000 cues took longer than all else here."""
    found = tuple(map(stem, re.findall(WORD, text)))
    return {found[at : at + n] for n in range(1, LONGEST_CUE + 1) for at in range(len(found) - n + 1)}
