"""How likely a careful reader puts each sentence of an article into its summary.

Learned from readers' choices (tests/quality/train_summaries.py). Two linear scores over the columns of
traits.py and the sentence's vector: one for short texts, mostly reports told from the top, one for long ones,
where what was found may stand anywhere; the number of sentences blends them.
"""

from dataclasses import dataclass

import numpy as np

from digest.analysis.carriers import OUTLYING, long_share
from digest.analysis.learned import Learned, Matrix, shipped
from digest.analysis.reading import Reading
from digest.analysis.traits import Traits, traits_of

VECTOR_SCALE = 6.0
"""What a sentence's vector is multiplied by, so that one penalty suits it and the columns. Of 6, 9 and 12 the
best for readers' choices of news kept aside, and as good for pages (November 2026)."""


@dataclass(frozen=True)
class SummaryWeights(Learned):
    """What was learned; n columns of traits, d dimensions."""

    NAME = "summary"

    middle: Matrix
    """Shape (n,): what is taken from the columns,"""
    spread: Matrix
    """and what they are divided by."""
    short: Matrix
    """Shape (n + 1 + d,): columns, constant, vector."""
    long: Matrix
    """The same for long texts."""


def summary_columns(traits: Traits, middle: Matrix, spread: Matrix) -> Matrix:
    """Give the columns of a text's sentences as they are weighed; no column counts more than OUTLYING
    spreads."""
    return np.clip((traits.columns - middle) / spread, -OUTLYING, OUTLYING)


def summary_scores(reading: Reading, weights: SummaryWeights | None = None) -> Matrix:
    """Score each sentence; above 0: more likely in the summary than not.

    Args:
        reading: An article of at least one sentence.
        weights: Others than the package's, where what was learned is measured.

    Returns:
        Shape (lines,), in logits.
    """
    weights = weights or shipped(SummaryWeights)
    columns = summary_columns(traits_of(reading), weights.middle, weights.spread)
    share = long_share(len(reading.lines))
    mixed = weights.short * (1 - share) + weights.long * share
    count = columns.shape[1]
    scores = columns @ mixed[:count] + mixed[count]
    if weights.fits(reading.tokens):
        scores = scores + VECTOR_SCALE * (reading.vectors @ mixed[count + 1 :])
    return np.asarray(scores, dtype=np.float64)
