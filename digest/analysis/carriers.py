"""Whether an article reports a change, and which of its sentences carry it, most telling first.

Learned from the tables of careful readers (tests/quality/train_signals.py). Two linear scores over the
columns of traits.py and the sentence's vectors: one for short texts, which are mostly reports and told from
the top, one for long ones, where a change may stand anywhere; the number of sentences blends them. A third,
over the best scores and the text's wording, says whether the article reports a change at all: where it is
unsure, there are no rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from digest.analysis.learned import Learned, Matrix, shipped
from digest.analysis.reading import Reading
from digest.analysis.statements import Statement, make_statement
from digest.analysis.traits import sentence_vectors, text_columns, traits_of

MAX_ROWS, MAX_SHORT_ROWS = 6, 3
"""Rows of a table at most: six by the shape of an entry page, three where a text of a few sentences would
say all of itself again. Judgement."""
MIDDLE, SPREAD, FEW = 40.0, 0.25, 30
"""A text of so many sentences is half short, half long; the spread is of its logarithm. With fewer than the
last it is told from the top, and has MAX_SHORT_ROWS."""
SECOND, THIRD = 1.6, 0.5
"""How far below the best score the second and third row of a short text may lie."""
NOT_ALONE, NOT_ALONE_IN_SHORT = 3.0, 0.8
"""What a statement loses that is not understood alone: another that is nearly as telling comes first. A short
text has few others."""
SAME, SAME_IN_SHORT = 0.85, 0.9
"""From this cosine on two sentences report the same change; those of a short text are all near each
other."""
TRIED, KEPT = 40, 12
"""Sentences, best first, that are tried as statements, until so many are: few below are ever a row."""
OUTLYING = 4.0
"""No column counts more than so many spreads."""
LOWEST = -6.0
"""Stands for a score where a text has no more sentences."""


@dataclass(frozen=True)
class CarrierWeights(Learned):
    """What was learned; n columns of traits, d dimensions, t columns of a text."""

    NAME = "carriers"

    middle: Matrix
    """Shape (n,): what is taken from the columns,"""
    spread: Matrix
    """and what they are divided by."""
    short: Matrix
    """Shape (n + 1 + 3 d,): columns, constant, vectors."""
    long: Matrix
    """The same for long texts."""
    gate: Matrix
    """Shape (3, t + 1): what is taken from the columns of gate_columns, what they are divided by, and what
    they count; the constant last."""
    threshold: Matrix
    """Shape (1,): the least sum of a sentence's score and its article's that makes a row."""


@dataclass(frozen=True)
class Carrier:
    """A sentence that carries a change, as its row shows it."""

    statement: Statement
    score: float


class Scores:
    """The scores of one text."""

    def __init__(self, reading: Reading, weights: CarrierWeights | None = None) -> None:
        self.reading = reading
        self.weights = weights or shipped(CarrierWeights)
        self.traits = traits_of(reading)

    @cached_property
    def short(self) -> Matrix:
        """Shape (n,): how likely each sentence carries a change, were the text a short one."""
        return self._scored(self.weights.short)

    @cached_property
    def long(self) -> Matrix:
        """The same for a long one."""
        return self._scored(self.weights.long)

    @cached_property
    def mixed(self) -> Matrix:
        """Shape (n,): the two blended by the text's length."""
        share = long_share(len(self.reading.lines))
        return self.short * (1 - share) + self.long * share

    @cached_property
    def _columns(self) -> Matrix:
        weights = self.weights
        return np.clip((self.traits.columns - weights.middle) / weights.spread, -OUTLYING, OUTLYING)

    @cached_property
    def _vectors(self) -> Matrix | None:
        return sentence_vectors(self.reading) if self.weights.fits(self.reading.tokens) else None

    def _scored(self, weights: Matrix) -> Matrix:
        columns = self._columns
        scores = columns @ weights[: columns.shape[1]] + weights[columns.shape[1]]
        if self._vectors is not None:
            scores = scores + self._vectors @ weights[columns.shape[1] + 1 :]
        return np.asarray(scores, dtype=np.float64)

    @cached_property
    def statements(self) -> dict[int, Statement]:
        """The best sentences that can be said alone, by index, best first."""
        best = np.argsort(-self.mixed, kind="stable")[:TRIED]
        found: dict[int, Statement] = {}
        for at in best:
            statement = make_statement(self.reading, self.reading.lines[at])
            if statement is not None:
                found[int(at)] = statement
            if len(found) == KEPT:
                break
        return found

    @property
    def worth(self) -> dict[int, float]:
        """What each statement counts: its sentence's score, less where it is not understood alone."""
        share = long_share(len(self.mixed))
        loss = NOT_ALONE_IN_SHORT * (1 - share) + NOT_ALONE * share
        return {
            at: float(self.mixed[at]) - (0 if each.is_alone else loss) for at, each in self.statements.items()
        }

    @cached_property
    def gate(self) -> float:
        """How sure it is that the article reports a change; above 0: more likely than not."""
        return gate_of(self, self.weights.gate)


def long_share(count: int) -> float:
    """How much a text of so many sentences counts as a long one, 0..1."""
    return float(1 / (1 + np.exp(-(np.log(max(1, count)) - np.log(MIDDLE)) / SPREAD)))


def gate_columns(scores: Scores) -> Matrix:
    """What tells whether an article reports a change: its best scores, and the text's wording."""
    mixed = scores.mixed
    chances = 1 / (1 + np.exp(-np.clip(mixed, -30, 30)))
    best, lead = _descending(mixed), mixed[:5]
    said = np.maximum(_descending(mixed[list(scores.statements)], fill=LOWEST), LOWEST)
    long = _descending(scores.long)
    own = [
        *best[:3],
        best[:3].mean(),
        best[:6].mean(),
        best[:10].mean(),
        mixed.mean(),
        np.log(chances.sum() + 1e-3),
        (chances > 0.3).mean(),
        lead.max(),
        lead.mean(),
        mixed.std(),
        said[0],
        said[:3].mean(),
        said[:6].mean(),
        long[:3].mean(),
        long[:6].mean(),
    ]
    return np.concatenate([own, text_columns(scores.reading, scores.traits)])


def gate_of(scores: Scores, gate: Matrix) -> float:
    """Say how sure it is that an article reports a change; no column counts more than OUTLYING spreads."""
    middle, spread, weights = gate
    columns = np.clip((gate_columns(scores) - middle[:-1]) / spread[:-1], -OUTLYING, OUTLYING)
    return float(columns @ weights[:-1] + weights[-1])


def _descending(values: Matrix, fill: float | None = None) -> Matrix:
    """The values, highest first, and ten more: `fill`, or the last."""
    ordered = np.sort(values)[::-1]
    return np.concatenate([ordered, np.full(10, ordered[-1] if fill is None else fill)])


def choose_carriers(reading: Reading, weights: CarrierWeights | None = None) -> list[Carrier]:
    """Choose the rows of an article, best first; none where it reports no change, or hardly any."""
    if not reading.lines:
        return []
    scores = Scores(reading, weights)
    if scores.mixed.max() + scores.gate <= scores.weights.threshold[0]:
        return []
    return pick(scores, scores.gate, float(scores.weights.threshold[0]))


def pick(scores: Scores, gate: float, threshold: float) -> list[Carrier]:
    """Take statements, best first, that are sure enough and report no change already taken."""
    mixed, vectors = scores.mixed, scores.reading.vectors
    is_short = len(mixed) < FEW
    taken: list[Carrier] = []
    worth = scores.worth
    for at in sorted(worth, key=lambda at: (-worth[at], at)):
        score = worth[at]
        if score + gate <= threshold or len(taken) == (MAX_SHORT_ROWS if is_short else MAX_ROWS):
            break
        if is_short and taken and score < taken[0].score - (SECOND, THIRD)[len(taken) - 1]:
            break
        same = SAME_IN_SHORT if is_short else SAME
        if not _repeats(vectors[at], [vectors[each.statement.line] for each in taken], same):
            taken.append(Carrier(scores.statements[at], score))
    return taken


def _repeats(vector: np.ndarray, taken: Sequence[np.ndarray], same: float) -> bool:
    return any(float(vector @ other) >= same for other in taken)
