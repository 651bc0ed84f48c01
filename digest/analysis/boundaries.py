"""Where a clause may start and end within a sentence: two logistic regressions over token vectors, learned.

A word's contextual vector tells what class lists cannot: whether a phrase is over, whether a verb has got
what it needs, whether a noun is a verb's subject. Start: is this word the first of the subject of that finite
verb, from the vectors of the word, of the one before and of the verb. End: may the clause of that verb stop
after this word, from the vectors of the word, of the next and of the verb; it may where the words kept hang
together and nothing left out is an object, a complement, a restriction or a limit of what is kept.

The vectors only mean something for the model they were learned from; with another, `boundaries_of` gives None
and clauses.py keeps to its rules. data/boundaries.npz is made by tests/quality/train_boundaries.py from
what spaCy's small English model says of 400 development texts. On the quarter of them held out in a check, of
the starts from a chance of .5 on 90 % were right, and 91 % of the true ones found; of the ends 83 % and 84 %
(November 2026).

english/heads.py knows syntax without vectors. With its heads for columns the same check gave 94 % and 94 %
of the starts and 87 % and 85 % of the ends, on texts that it had not learned from either; but it learned from
the same parser and errs as that does. Of the rows of 247 articles it cut 26 otherwise, no better by reading.
It took 13 ms more an article, and of the pages' rows 62 % reported no change, not 61 % (November 2026).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digest.analysis.learned import Learned, Matrix, shipped
from digest.analysis.reading import Line, Reading
from digest.language.wordlists import entries
from digest.language.words import Word

VECTOR_SCALE = 4.0
"""Brings the words' unit vectors to the size of the other columns, so that one penalty suits all."""
TAGS = {
    tag: at
    for at, tag in enumerate(
        (
            "D",
            "Q",
            "R",
            "P",
            "S",
            "C",
            "W",
            "V",
            "VN",
            "VB",
            "VG",
            "X",
            "M",
            "T",
            "A",
            "N",
            "NP",
            "J",
            "#",
            ".",
        )
    )
}
NO_WORD = len(TAGS)
"""Stands for what is before the first word and after the last."""
NEXT_WORDS = {word: at for at, word in enumerate(entries("after_clause"))}
DISTANCES = 8


@dataclass(frozen=True)
class BoundaryWeights(Learned):
    """What was learned."""

    NAME = "boundaries"

    start_vectors: Matrix
    """Shape (d, 3): first word, word before it, verb."""
    start_tags: Matrix
    """Shape (2, t, t): first word by word before, first word by verb."""
    start_rest: Matrix
    """Shape (DISTANCES + 1,): words between, in pairs; the constant."""
    end_vectors: Matrix
    """Shape (d, 3): last word, word after it, verb."""
    end_tags: Matrix
    """Shape (2, t, t): last word by word after, last word by verb."""
    end_rest: Matrix
    """Shape (len(NEXT_WORDS) + DISTANCES + 1,): the word after; words between, in pairs; the constant."""


@dataclass(frozen=True)
class Boundaries:
    """The boundaries of one sentence."""

    words: tuple[Word, ...]
    tags: tuple[int, ...]
    """The words' classes, by TAGS."""
    start_parts: Matrix
    """Shape (n, 3): what each word's vector adds as first word, as word before, as verb."""
    end_parts: Matrix
    """Shape (n, 3): what it adds as last word, as word after, as verb."""
    weights: BoundaryWeights

    def start(self, first: int, verb: int, *, is_front: bool = False) -> float:
        """How likely the clause of a finite verb starts at a word, 0 to 1.

        `is_front` says that what stands before the word is a bullet and no word.
        """
        tags, weights = self.tags, self.weights
        has_before = first > 0 and not is_front
        before = tags[first - 1] if has_before else NO_WORD
        value = self.start_parts[first, 0] + self.start_parts[verb, 2]
        value += self.start_parts[first - 1, 1] if has_before else 0.0
        value += weights.start_tags[0, tags[first], before] + weights.start_tags[1, tags[first], tags[verb]]
        return _chance(value + weights.start_rest[distance(first, verb)] + weights.start_rest[-1])

    def end(self, verb: int, end: int) -> float:
        """How likely the clause of a finite verb may stop before the word at `end`, 0 to 1."""
        tags, weights, last = self.tags, self.weights, end - 1
        has_next = end < len(self.words)
        after = tags[end] if has_next else NO_WORD
        value = self.end_parts[last, 0] + self.end_parts[verb, 2]
        value += self.end_parts[end, 1] if has_next else 0.0
        value += weights.end_tags[0, tags[last], after] + weights.end_tags[1, tags[last], tags[verb]]
        number = NEXT_WORDS.get(self.words[end].lower) if has_next else None
        value += weights.end_rest[number] if number is not None else 0.0
        value += weights.end_rest[len(NEXT_WORDS) + distance(verb, last)]
        return _chance(value + weights.end_rest[-1])


def boundaries_of(
    reading: Reading, lines: Sequence[Line], weights: BoundaryWeights | None = None
) -> list[Boundaries | None]:
    """Give each line's boundaries; None for all with another model's vectors."""
    weights = weights or shipped(BoundaryWeights)
    if not weights.fits(reading.tokens):
        return [None] * len(lines)
    vectors = word_vectors(reading, [word for line in lines for word in line.words])
    starts, ends = vectors @ weights.start_vectors, vectors @ weights.end_vectors
    out: list[Boundaries | None] = []
    at = 0
    for line in lines:
        upto = at + len(line.words)
        out.append(
            Boundaries(line.words, tuple(tag_numbers(line.words)), starts[at:upto], ends[at:upto], weights)
        )
        at = upto
    return out


def word_vectors(reading: Reading, words: Sequence[Word]) -> Matrix:
    """Give the words' scaled vectors, shape (n, d)."""
    return VECTOR_SCALE * reading.pool([(word.start, word.end) for word in words]).astype(np.float64)


def tag_numbers(words: Sequence[Word]) -> list[int]:
    """Number the words' classes, as the weights count them."""
    return [TAGS.get(word.tag, 0) for word in words]


def distance(first: int, last: int) -> int:
    """How far apart two words stand, in pairs, at most DISTANCES - 1."""
    return min(DISTANCES - 1, (last - first) // 2)


def _chance(value: float) -> float:
    return 1 / (1 + math.exp(-min(30.0, max(-30.0, value))))
