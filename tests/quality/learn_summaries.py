"""Which sentences make a summary, learned from the choices of careful readers."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from digest.analysis.carriers import long_share
from digest.analysis.learned import Matrix, model_name, rounded
from digest.analysis.summary import summarize
from digest.analysis.summary_scores import VECTOR_SCALE, SummaryWeights, summary_columns
from digest.records import SummarySentence
from tests.quality.learn_signals import FOLDS
from tests.quality.reader_tables import Example

PENALTY = 0.01
"""Of .003, .01 and .03 the best for articles kept aside (November 2026)."""
OTHERS = 0.2
"""What a sentence of a long text counts for the score of short ones, and the reverse; of .1 to 1 the best."""


def learn_summaries(examples: Sequence[Example]) -> SummaryWeights:
    """Learn the scores of sentences for short and for long texts from readers' choices."""
    chosen = [each for each in examples if each.summary]
    columns = np.concatenate([each.traits.columns for each in chosen])
    middle, spread = rounded(columns.mean(axis=0)), rounded(columns.std(axis=0) + 1e-3)
    model_id = model_name(chosen[0].reading.tokens.model_id)
    used = np.concatenate(
        [
            np.hstack([summary_columns(each.traits, middle, spread), VECTOR_SCALE * each.reading.vectors])
            for each in chosen
        ]
    ).astype(np.float32)
    targets = np.concatenate([_targets(each) for each in chosen])
    shares = np.concatenate(
        [np.full(len(each.reading.lines), long_share(len(each.reading.lines))) for each in chosen]
    )
    heads = [
        _head(used, targets, OTHERS + (1 - OTHERS) * own, columns.shape[1]) for own in (1 - shares, shares)
    ]
    return SummaryWeights(model_id, middle, spread, *heads)


def _targets(example: Example) -> Matrix:
    """Shape (lines,): 1 for sentences that the reader chose."""
    spans = [example.sentences[at] for at in example.summary]
    return np.array(
        [
            any(line.start < end and line.end > start for start, end in spans)
            for line in example.reading.lines
        ],
        dtype=np.float64,
    )


def _head(used: Matrix, targets: Matrix, counts: Matrix, columns: int) -> Matrix:
    model = LogisticRegression(C=PENALTY, max_iter=200).fit(used, targets, sample_weight=counts)
    weights = model.coef_[0]
    return rounded(np.concatenate([weights[:columns], model.intercept_, weights[columns:]]))


@dataclass(frozen=True)
class Summaries:
    """Summaries made by what was learned without their fold."""

    learned: Mapping[int, SummaryWeights]
    """By fold, from the four others."""

    @classmethod
    def of(cls, examples: Sequence[Example]) -> "Summaries":
        """Learn five times."""
        return cls(
            {fold: learn_summaries([each for each in examples if each.fold != fold]) for fold in FOLDS}
        )

    def make(self, examples: Sequence[Example]) -> Iterator[tuple[Example, tuple[SummarySentence, ...]]]:
        """Summarize each article that a reader summarized."""
        for each in examples:
            if each.summary:
                yield each, summarize(each.reading, self.learned[each.fold])


def overlap(example: Example, chosen: Collection[int]) -> float:
    """Give the F1 of sentences, by their places in `example.sentences`, against the reader's; 0 to 1."""
    hit = len(example.summary & set(chosen))
    return 2 * hit / (len(chosen) + len(example.summary)) if hit else 0.0


def mean_overlap(made: Iterable[tuple[Example, Sequence[SummarySentence]]]) -> float:
    """Give the mean F1 of summaries against their readers'; 0 of none."""
    found = [
        overlap(each, each.sentences_in((at.start, at.end) for said in summary for at in said.evidence))
        for each, summary in made
    ]
    return float(np.mean(found)) if found else 0.0
