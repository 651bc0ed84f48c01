"""Up to three labels of the vocabulary for an article.

Every label is judged by the same five likenesses to the article, so an added one counts at once, by its
description alone. What each likeness counts, and how sure a second and third label must be, was learned from
the themes that careful readers gave (tests/quality/learn_themes.py), nothing of any one label.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from digest.analysis.learned import Matrix
from digest.analysis.library import Library, wordings_of
from digest.analysis.reading import Reading
from digest.language.words import STOP_WORDS, stem
from digest.records import Steep, Theme, ThemeLabel

HOW_MANY = 3
"""Themes at most, by the shape of an entry page."""
NEAR_NONE = -5.0
"""Log odds under which an article is on no theme at all: of the 311 that readers gave themes the least sure
had -4.1, text without sense has -4.7 to -7.2 (November 2026)."""
WEAK = -1.5
"""Log odds under which the first theme is called a weak guess: it was right in 19 of 27 such articles, and in
259 of 284 others, out of fold."""
SAME_LABEL = 0.75
"""Two labels this near to each other say the same; the second gives way to the next one. Judgement."""
NAMED_TIMES = 4
"""An article that uses a label's words so often is on it in full; judgement, on 22 articles read."""
USED_OFTEN = 0.01
"""Share of an article's words at which a word of a label counts half; .003 and .03 gave the same within
.01 (November 2026)."""
TITLE_EACH = 300
"""A word of the title counts as one more in so many words of text; none, and three, gave the same within
.01."""
FAR, FAR_SHARE = -6.0, 0.2
"""Log odds under which a label that others chose is far from an article, if this share of the vocabulary is
nearer: so 5 of 757 labels by careful readers and none of the 63 recorded for the sample week, and 69 and 53 %
of all others on quite another matter (cosine to each of the readers' under .55). With -5.5 it would be 8, 4,
76 % and 67 % (November 2026)."""
WEAK_GUESS = "theme is a weak guess"


@dataclass(frozen=True)
class ThemeWeights:
    """What was learned."""

    counts: tuple[float, ...]
    """What each of the columns of `likenesses` counts, and the constant, for the log odds that a reader
    gives the label."""
    least_other: float
    """Log odds from which on a second and third label are given."""


LEARNED = ThemeWeights((4.3911, 9.2713, 5.3753, 1.2737, 1.2553, -8.5654), least_other=-2.25)


@dataclass(frozen=True)
class Nearness:
    """How near an article is to the labels of the vocabulary, for judging those that others choose."""

    likeness: Mapping[str, float] = field(default_factory=dict)
    """Cosine of the article to each."""
    far: frozenset[str] = frozenset()
    """Labels on quite another matter, as far as can be told; none where no label is near."""


def choose_themes(
    reading: Reading, library: Library, weights: ThemeWeights = LEARNED
) -> tuple[tuple[Theme, ...], tuple[str, ...]]:
    """Give an article its themes.

    Args:
        reading: The article.
        library: The vocabulary with its vectors.
        weights: Others than the package's, where what was learned is measured.

    Returns:
        The themes, best first, and notes for the editor; none for an article that is near nothing.
    """
    labels, vectors = library.themes, library.theme_vectors
    if not labels or not np.any(reading.vector):
        return (), ()
    scores = likelihoods(likenesses(reading, library), weights)
    order = [int(row) for row in np.argsort(-scores, kind="stable")]
    first = float(scores[order[0]])
    if first < NEAR_NONE:
        return (), ()
    chosen = order[:1]
    for row in order[1:]:
        if len(chosen) == HOW_MANY or scores[row] < weights.least_other:
            break
        if float(np.max(vectors[chosen] @ vectors[row])) < SAME_LABEL:
            chosen.append(row)
    cosines = vectors @ reading.vector
    themes = tuple(Theme(labels[row].theme, round(float(cosines[row]), 4)) for row in chosen)
    return themes, () if first >= WEAK else (WEAK_GUESS,)


def nearness(reading: Reading, library: Library, weights: ThemeWeights = LEARNED) -> Nearness:
    """Say how near an article is to each label."""
    names = [label.theme for label in library.themes]
    if not names or not np.any(reading.vector):
        return Nearness()
    cosines = library.theme_vectors @ reading.vector
    scores = likelihoods(likenesses(reading, library), weights)
    nearer = (scores[None] > scores[:, None]).sum(axis=1)
    is_far = (scores < FAR) & (nearer >= FAR_SHARE * len(names)) & (scores.max() >= NEAR_NONE)
    far = (name for name, is_one in zip(names, is_far, strict=True) if is_one)
    return Nearness(dict(zip(names, map(float, cosines), strict=True)), frozenset(far))


def steep_of(themes: Sequence[Theme], labels: Sequence[ThemeLabel]) -> Steep:
    """The STEEP category of the first theme; society without one."""
    by_name = {label.theme: label.steep for label in labels}
    return by_name[themes[0].theme] if themes else "society"


def likelihoods(likenesses: Matrix, weights: ThemeWeights) -> Matrix:
    """Give the log odds of each label, shape (labels,), by the columns of `likenesses`."""
    *counts, constant = weights.counts
    return np.asarray(likenesses @ np.array(counts) + constant)


def likenesses(reading: Reading, library: Library) -> Matrix:
    """Say in five ways how much each label is what an article is about; shape (labels, 5).

    The label alone and the mean of its wordings against the article's first sentences; the nearest pair of
    a wording and a sentence; the label's own words in title and text; all words of its entry there, the rarer
    in the vocabulary the more.
    """
    labels = library.themes
    prose = [line.index for line in reading.prose]
    sentences = reading.vectors[prose] if prose else reading.vector[None]
    wordings = library.wording_vectors
    counts = [len(wordings_of(label)) for label in labels]
    starts = np.cumsum([0, *counts[:-1]])
    nearest = np.maximum.reduceat((wordings @ sentences.T).max(axis=1), starts)
    lead = np.add.reduceat(wordings @ reading.lead, starts) / counts
    named, used = _words_used(reading, labels)
    return np.stack([library.name_vectors @ reading.lead, lead, nearest, named, used], axis=1)


def _words_used(reading: Reading, labels: tuple[ThemeLabel, ...]) -> tuple[Matrix, Matrix]:
    """How much an article uses each label's own words, 0..1: of "Oil and gas" either, of "Data centres" both;
    and how much all the words of its entry."""
    title, text = Counter(_stems(reading.article.title)), Counter(_stems(reading.article.text))
    total = title.total() + text.total() + 1
    vocabulary = _vocabulary(labels)
    often = [
        max((min(title[word] + text[word] for word in part) for part in parts), default=0)
        for parts in vocabulary.names
    ]
    named = np.minimum(np.array(often) / NAMED_TIMES, 1.0)
    counts = np.zeros(len(vocabulary.places))
    for said, weight in ((text, 1.0), (title, total / TITLE_EACH)):
        for word in said.keys() & vocabulary.places.keys():
            counts[vocabulary.places[word]] += said[word] * weight
    return named, vocabulary.entries @ (counts / (counts + USED_OFTEN * total + 1))


@dataclass(frozen=True)
class _Vocabulary:
    names: Sequence[Sequence[Sequence[str]]]
    """The stems of each label, part by part."""
    places: Mapping[str, int]
    """The column of each stem in `entries`."""
    entries: Matrix
    """Shape (labels, words): how rare each of an entry's words is among entries, by the root of how many it
    has, of which a label with a description alone has half; 0 for words it has not."""


@lru_cache(maxsize=4)
def _vocabulary(labels: tuple[ThemeLabel, ...]) -> _Vocabulary:
    names = [
        [found for part in re.split(r",| and ", label.theme) if (found := _stems(part))] for label in labels
    ]
    told = [
        {*_stems(label.theme), *_stems(label.description), *_stems(" ".join(label.examples))}
        for label in labels
    ]
    words = sorted(set().union(*told))
    has = np.array([[word in own for word in words] for own in told], dtype=np.float64)
    rarity = np.log((len(labels) + 1) / (has.sum(axis=0) + 0.5))
    places = {word: at for at, word in enumerate(words)}
    return _Vocabulary(names, places, has * rarity / np.maximum(1, has.sum(axis=1, keepdims=True)) ** 0.5)


def _stems(text: str) -> list[str]:
    return [stem(word) for word in re.findall(r"\w+", text.lower()) if word not in STOP_WORDS]
