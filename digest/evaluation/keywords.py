"""Keywords against keys that people gave: F1 and precision of the first ten, with the time a text takes.

Both sides are lower-cased, split at white space and reduced to Porter stems; a keyword is right where its
stems are exactly a key's. Keys and keywords that become the same are one. Means are over texts.
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from digest.ports import Embedder

TOP = 10


@dataclass(frozen=True)
class Score:
    """How well one list of keywords fits, or the mean over several."""

    f1: float
    """0 to 1, higher is better."""
    precision: float
    """0 to 1, of at most TOP keywords."""


@cache
def _stem(word: str) -> str:
    import snowballstemmer

    return str(snowballstemmer.stemmer("porter").stemWord(word))


def stemmed(phrase: str) -> str:
    """Bring a key or keyword into the form in which they are compared."""
    return " ".join(map(_stem, phrase.lower().split()))


def gold_keys(keys: Iterable[str]) -> frozenset[str]:
    """The keys of a text as they are compared."""
    return frozenset(map(stemmed, keys)) - {""}


def score_keywords(keywords: Iterable[str], gold: frozenset[str]) -> Score:
    """Score the first TOP keywords, best first, against a text's keys."""
    shown = list(dict.fromkeys(map(stemmed, keywords)))[:TOP]
    right = sum(each in gold for each in shown)
    precision = right / len(shown) if shown else 0.0
    recall = right / len(gold) if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return Score(f1, precision)


def mean_score(scores: Sequence[Score]) -> Score:
    """The mean over texts; zeros for none."""
    count = max(1, len(scores))
    return Score(sum(each.f1 for each in scores) / count, sum(each.precision for each in scores) / count)
