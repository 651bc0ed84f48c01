"""How well the patterns of change of the editor's library fit rows, by meaning and by cue words."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from digest.analysis.library import Library
from digest.language.words import STOP_WORDS, WORD, stem, stems
from digest.records import Pattern, Vectors

# What is compared with what: the description of a pattern or the mean of its phrasings, with the whole
# article, its first sentences or the row's sentence. On 348 pairs of row and pattern of the development
# pages, judged by reading, these ordered some 82 of 100 right; description alone, with cues, 76 (November
# 2026). Some forty settings were tried, nearly all within a few pairs of each other, so little is fitted.
DESCRIPTION_ARTICLE, DESCRIPTION_LEAD, DESCRIPTION_ROW = 0.19, 0.19, 0.25
PHRASINGS_ARTICLE, PHRASINGS_ROW = 0.12, 0.25  # among the settings named above
CUE_IN_ROW = 0.04  # a cue word in the row, for two at most; among the settings named above
CUE_IN_ARTICLE = 0.01  # and anywhere in the article
MOST_CUES = 4  # that count in an article: a list of them is no proof; judgement
UNLESS = 0.3  # a word that rules a pattern out takes off as much as the best fits have; judgement
LONGEST_CUE = 4  # words; no cue of the library has more
# A pattern under this part of the article's best is about another subject, whatever a row's words.
NOT_A_STRANGER = 0.7
# Taken off such a pattern's fit, enough that none of the article's own falls behind; judgement.
STRANGER = 0.2


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
    cues, ruled_out = _cues(library.patterns)
    present: Counter[int] = Counter()
    in_rows: Counter[tuple[int, int]] = Counter()
    for cue in article.intersection(cues):
        for column in cues[cue]:
            present[column] += 1
            in_rows.update((row, column) for row, runs in enumerate(rows) if cue in runs)
    for column, count in present.items():
        fit[:, column] += CUE_IN_ARTICLE * min(MOST_CUES, count)
    for place, count in in_rows.items():
        fit[place] += CUE_IN_ROW * min(2, count)
    for column in {column for words in article.intersection(ruled_out) for column in ruled_out[words]}:
        fit[:, column] -= UNLESS
    return fit


def _runs(text: str) -> set[tuple[str, ...]]:
    """Every run of one to LONGEST_CUE words of a text, as stems: looking a cue up in it costs nothing, where
    searching the text for each of some 4,000 cues took longer than all else here."""
    found = tuple(map(stem, re.findall(WORD, text)))
    later = [found[at:] for at in range(LONGEST_CUE)]
    return {run for n in range(1, LONGEST_CUE + 1) for run in zip(*later[:n], strict=False)}


_Where = dict[tuple[str, ...], list[int]]


@lru_cache(maxsize=4)
def _cues(patterns: tuple[Pattern, ...]) -> tuple[_Where, _Where]:
    """The patterns, by place, that each cue speaks for, and that each word rules out; all as stems."""
    cues: _Where = {}
    ruled_out: _Where = {}
    for at, pattern in enumerate(patterns):
        for found, texts in ((cues, pattern.cues), (ruled_out, pattern.unless)):
            for text in texts:
                found.setdefault(stems(text), []).append(at)
    return cues, ruled_out
