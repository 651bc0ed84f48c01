"""Tie signals that come up again in later issues into lines.

Two signals are the same one seen again if they mean the same and say it in the same words: cosine and the
share of their words must both be high, since sentences about different cases of one kind ("X bans phones in
schools", "Y bans phones in schools") are near in meaning alone, and sentences of one story share names alone.
A number or year that one has and the other has not, counts as a word. Each signal joins the line of the
earlier signal it is nearest to; a line's signals must all be near each other on average, or chains of small
steps would tie what has nothing in common. What is not certain is left out.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from digest.language import wordlists
from digest.records import SeenSignal, SignalLine, Vectors

MIN_SIMILARITY = 0.65
"""Cosine from which two signals can be one. Chosen with MIN_WORDS on the first sentences (cut to 14 words) of
873 news texts on 86 events (ECB+): of the pairs it lets through 97 in 100 are of one event; .6 and .2 would
give 92, and .8 alone 96 at three quarters as many pairs (MiniLM, November 2026; tests/quality/recurring.py).
In sample, but two round numbers leave little to fit. Over the 794 signals of 239 pages on all kinds of
things, put into twelve issues, the rules below tie three pairs, of which two say the same."""

MIN_WORDS = 0.3
"""Share of words, weighted by their rarity, that two signals must have in common (Jaccard)."""

MIN_SHARED = 3
"""Words two signals, each with its entry's title, must have in common: 'Technological progress' in two
entries on different things is no line."""

MIN_MEAN_SIMILARITY = 0.6
"""Mean cosine of a signal to all of the line it joins."""

BLOCK = 256
"""Signals compared with all earlier ones at once: 20 MB at 20,000 signals."""

FUNCTION_WORDS = (
    *("determiners", "quantifiers", "pronouns", "prepositions", "subordinators", "conjunctions"),
    *("be", "have", "do", "modals"),
)
"""Sections of the word lists that say nothing of what a signal is about."""

WORD = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*")


def recurring(signals: Sequence[SeenSignal], vectors: Vectors) -> list[SignalLine]:
    """Find signals that were seen in two issues or more.

    Args:
        signals: The n signals, in any order; two of one entry are never tied directly.
        vectors: Shape (n, d), float32, rows L2-normalised.

    Returns:
        Lines, those last seen in the newest issue first, then the longest; each oldest first.

    Raises:
        ValueError: `vectors` does not have one row per signal.
    """
    if len(signals) != len(vectors):
        raise ValueError(f"{len(signals)} signals, but {len(vectors)} vectors")
    rows = sorted(range(len(signals)), key=lambda row: _order(signals[row]))
    ordered, matrix = [signals[row] for row in rows], vectors[rows]
    words = [_words(each.signal) for each in ordered]
    wider = [own | _words(each.title) for own, each in zip(words, ordered, strict=True)]
    rarity = _rarity(words)
    line_of: dict[int, int] = {}
    members: dict[int, list[int]] = defaultdict(list)
    ties: dict[int, float] = {}
    for row, (each, near) in enumerate(zip(ordered, _near(matrix), strict=True)):
        tie = next(
            (
                (other, similarity)
                for other, similarity in near
                if ordered[other].issue != each.issue
                and _shared(words[other], words[row], rarity) >= MIN_WORDS
                and len(wider[other] & wider[row]) >= MIN_SHARED
                and float((matrix[members[line_of[other]]] @ matrix[row]).mean()) >= MIN_MEAN_SIMILARITY
            ),
            None,
        )
        line = line_of[tie[0]] if tie else row
        line_of[row] = line
        members[line].append(row)
        if tie:
            ties[line] = min(ties.get(line, 1.0), tie[1])
    found = [
        SignalLine(tuple(ordered[row] for row in members[line]), round(similarity, 4))
        for line, similarity in ties.items()
        if len({ordered[row].issue for row in members[line]}) > 1
    ]
    found.sort(key=lambda line: (-len(line.signals), line.signals[0].signal))
    return sorted(found, key=lambda line: line.signals[-1].issue, reverse=True)


def _order(each: SeenSignal) -> tuple[str, str, str]:
    return each.issue, each.entry_id, each.signal


def _near(matrix: Vectors) -> Iterator[list[tuple[int, float]]]:
    """Give, for each row in turn, the rows before it that mean about the same, nearest first."""
    for at in range(0, len(matrix), BLOCK):
        similarities: NDArray[np.float32] = matrix[at : at + BLOCK] @ matrix[: at + BLOCK].T
        for row, found in enumerate(similarities, at):
            near = np.flatnonzero(found[:row] >= MIN_SIMILARITY)
            ordered = near[np.argsort(-found[near], kind="stable")]
            yield [(int(other), float(found[other])) for other in ordered]


def _words(text: str) -> frozenset[str]:
    """Give the words that carry meaning, without plural endings."""
    stop = _stop_words()
    plain = (re.sub(r"(?<=\w{3})(?<!s)s$", "", word) for word in WORD.findall(text.casefold()))
    return frozenset(word for word in plain if word not in stop)


@cache
def _stop_words() -> frozenset[str]:
    return frozenset().union(*map(wordlists.word_list, FUNCTION_WORDS))


def _rarity(words: Sequence[frozenset[str]]) -> dict[str, float]:
    """Weigh each word by how few signals have it (inverse document frequency)."""
    counts = Counter(word for each in words for word in each)
    return {word: math.log(1 + len(words) / count) for word, count in counts.items()}


def _shared(one: frozenset[str], other: frozenset[str], rarity: dict[str, float]) -> float:
    every = sum(rarity[word] for word in one | other)
    return sum(rarity[word] for word in one & other) / every if every else 0.0
