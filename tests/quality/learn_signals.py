"""What is learned from readers' tables: which sentences carry a change, whether an article reports one, and
the kind and strength of a row.

Nothing is chosen on the fold that answers: the gate learns from scores that sentences got from models
without their fold, and the threshold of each fold is where, among the other four, EMPTY of the pages
without change get no row.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from digest.analysis.carriers import OUTLYING, CarrierWeights, Scores, gate_columns, gate_of, long_share
from digest.analysis.kinds import KINDS, STRENGTHS, KindWeights, kind_columns
from digest.analysis.learned import Matrix, model_name, rounded
from digest.analysis.signals import SignalWeights, make_signals
from digest.analysis.statements import Statement
from digest.records import Signal
from tests.quality.reader_tables import Example

FOLDS = range(5)
SHORT_PENALTY, LONG_PENALTY, GATE_PENALTY, KIND_PENALTY = 0.015, 0.02, 0.01, 0.02
UNLABELLED = {"short": 0.5, "long": 0.25}
"""What a sentence that no row cites counts in texts whose table has four rows at most."""
SECOND_READER = 0.7
"""What a sentence counts that only the second reader of gate.tsv names."""
PAGES, NO_CHANGE = 2.5, 0.3
"""What pages, and sentences of pages without change, count for the score of long texts."""
NEWS_IN_GATE = {"pages": 1.0, "news": 0.2, "abstracts": 0.1}
CHANGE = {"yes": 1.0, "doubtful": 0.7, "no": 0.3}
NO_CHANGE_BUT = {"yes": 0.6, "doubtful": 0.4}
"""How likely an article reports a change, where the second reader was asked."""
EMPTY = 0.86
"""Share of pages without change that are to get no row."""


class Known(Scores):
    """Scores of an example, with what is known of it already."""

    def __init__(self, example: Example, weights: CarrierWeights) -> None:
        self.reading, self.weights, self.traits = example.reading, weights, example.traits
        self.example = example

    @property
    def _vectors(self) -> Matrix:  # type: ignore[override]
        return self.example.vectors

    @property
    def statements(self) -> dict[int, Statement]:  # type: ignore[override]
        best = np.argsort(-self.mixed, kind="stable")[:40]
        return {
            int(at): self.example.statements[int(at)] for at in best if int(at) in self.example.statements
        }


class Learner:
    """Learns from examples, with any folds left out; what was learned once is kept."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.examples = examples
        self.model_id = model_name(examples[0].reading.tokens.model_id)
        self._known: dict[frozenset[int], CarrierWeights] = {}

    def weights(self, left_out: Collection[int] = ()) -> SignalWeights:
        """Learn everything from all folds but those left out."""
        others = [each for each in self.examples if each.fold not in left_out]
        return SignalWeights(
            learn_carriers(self.examples, self._heads, left_out), learn_kinds(others, self.model_id)
        )

    def out_of_fold(self) -> dict[int, SignalWeights]:
        """By fold, what was learned from the four others."""
        return {fold: self.weights([fold]) for fold in FOLDS}

    def _heads(self, left_out: Collection[int]) -> CarrierWeights:
        key = frozenset(left_out)
        if key not in self._known:
            self._known[key] = fit_heads(
                [each for each in self.examples if each.fold not in key], self.model_id
            )
        return self._known[key]


def tables(
    examples: Sequence[Example], learned: Mapping[int, SignalWeights]
) -> Iterator[tuple[Example, tuple[Signal, ...], tuple[str, ...]]]:
    """Make the table of each example by what was learned without its fold; gives rows and notes."""
    for each in examples:
        yield each, *make_signals(each.reading, "society", learned[each.fold])


def fit_heads(examples: Sequence[Example], model_id: str) -> CarrierWeights:
    """Fit the scores of sentences for short and for long texts; gate and threshold stay empty."""
    columns = np.concatenate([each.traits.columns for each in examples])
    middle, spread = rounded(columns.mean(axis=0)), rounded(columns.std(axis=0) + 1e-3)
    nothing = np.zeros(1)
    own = CarrierWeights(model_id, middle, spread, nothing, nothing, nothing, nothing)
    short = _fit_head(examples, own, "short", SHORT_PENALTY)
    return replace(own, short=short, long=_fit_head(examples, own, "long", LONG_PENALTY))


def _fit_head(examples: Sequence[Example], own: CarrierWeights, head: str, penalty: float) -> Matrix:
    parts = [_head_part(each, head) for each in examples if each.rows or head == "long"]
    columns, vectors, targets, counts = (np.concatenate(part) for part in zip(*parts, strict=True))
    plain = np.clip((columns - own.middle) / own.spread, -OUTLYING, OUTLYING)
    used = np.hstack([plain, vectors]).astype(np.float32)
    model = LogisticRegression(C=penalty, max_iter=120).fit(used, targets, sample_weight=counts)
    weights, count = model.coef_[0], columns.shape[1]
    return rounded(np.concatenate([weights[:count], model.intercept_, weights[count:]]))


def _head_part(example: Example, head: str) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Columns, vectors, targets and counts of the sentences of an article."""
    targets = example.targets
    share = long_share(len(targets))
    counts = np.ones(len(targets))
    if not example.is_gold:
        counts[targets == 0] = UNLABELLED[head]
    also = [at for at in example.also if not targets[at]]
    targets[also], counts[also] = 1, counts[also] * SECOND_READER
    # Of texts that count little, every second or third sentence stands for the others.
    step = 1
    if head == "short":
        counts *= 0.2 + 0.8 * (1 - share)
        step = 2 if share > 0.5 else 1
    else:
        counts *= (0.4 + 0.6 * share) * (PAGES if example.set == "pages" else 1)
        if not example.rows:
            counts *= NO_CHANGE
            step = 3
    kept = (np.arange(len(targets)) % step == 0) | (targets > 0)
    counts = np.where(targets > 0, counts, counts * step)
    return example.traits.columns[kept], example.vectors[kept], targets[kept], counts[kept]


def fit_gate(scores: Sequence[Known]) -> Matrix:
    """Fit how sure it is that an article reports a change, from scores its sentences got without its
    fold."""
    columns = np.array([gate_columns(each) for each in scores])
    chances = np.array([_chance(each.example) for each in scores])
    counts = np.array([NEWS_IN_GATE[each.example.set] for each in scores])
    pages = columns[[each.example.set == "pages" for each in scores]]
    middle, spread = rounded(pages.mean(axis=0)), rounded(pages.std(axis=0) + 1e-3)
    plain = np.clip((columns - middle) / spread, -OUTLYING, OUTLYING)
    model = LogisticRegression(C=GATE_PENALTY, max_iter=500).fit(
        np.vstack([plain, plain]),
        np.repeat([1, 0], len(plain)),
        sample_weight=np.concatenate([chances * counts, (1 - chances) * counts]),
    )
    return rounded(
        np.stack([np.append(middle, 0), np.append(spread, 1), [*model.coef_[0], model.intercept_[0]]])
    )


def _chance(example: Example) -> float:
    """How likely an article reports a change, by its readers."""
    if not example.is_gold:
        return 1.0 if example.rows else 0.3
    if example.reports_change:
        return CHANGE.get(example.second, 1.0) if example.set == "pages" else 1.0
    return NO_CHANGE_BUT.get(example.second, 0.0)


def threshold_of(scores: Sequence[Known], gates: Sequence[float]) -> float:
    """Where EMPTY of the pages without change have no sentence that is sure enough."""
    sums = [
        max(each.worth.values(), default=-9.0) + gate
        for each, gate in zip(scores, gates, strict=True)
        if each.example.is_gold and each.example.set == "pages" and not each.example.reports_change
    ]
    return float(np.quantile(sums, EMPTY))


def learn_carriers(
    examples: Sequence[Example], heads: Callable[[Collection[int]], CarrierWeights], left_out: Collection[int]
) -> CarrierWeights:
    """Learn from all folds but those left out; `heads` gives the scores learned without some folds."""
    folds = [fold for fold in FOLDS if fold not in left_out]
    used = [each for each in examples if each.fold in folds]
    scores = [Known(each, heads({*left_out, each.fold})) for each in used]
    gates = np.zeros(len(used))
    for fold in folds:
        others = fit_gate([each for each in scores if each.example.fold != fold])
        for at, each in enumerate(scores):
            if each.example.fold == fold:
                gates[at] = gate_of(each, others)
    threshold = rounded(np.array([threshold_of(scores, list(gates))]))
    return replace(heads(left_out), gate=fit_gate(scores), threshold=threshold)


def learn_kinds(examples: Sequence[Example], model_id: str) -> KindWeights:
    """Learn what rows are, and how firm, from the tables that say so."""
    columns, kinds, strengths = _kind_rows(examples)
    return KindWeights(
        model_id,
        kinds=_many(columns, kinds, KINDS),
        strengths=_many(columns, strengths, STRENGTHS),
    )


def _kind_rows(examples: Sequence[Example]) -> tuple[Matrix, list[str], list[str]]:
    columns, kinds, strengths = [], [], []
    for example in examples:
        for row, cited in zip(example.rows, example.cited, strict=True):
            if "kind" in row and cited:
                line = example.reading.lines[min(cited)]
                columns.append(kind_columns(line.words, line.text))
                kinds.append(row["kind"])
                strengths.append(row["strength"])
    return np.array(columns), kinds, strengths


def _many(columns: Matrix, labels: Sequence[str], names: Sequence[str]) -> Matrix:
    """Fit one score for each name; labels of no name are left out."""
    known = np.array([label in names for label in labels])
    middle, spread = columns.mean(axis=0), columns.std(axis=0) + 1e-2
    targets = np.array(labels)[known]
    model = LogisticRegression(C=KIND_PENALTY, max_iter=1000).fit((columns[known] - middle) / spread, targets)
    found = np.full((len(names), columns.shape[1] + 1), 0.0)
    found[:, -1] = -9.0
    for at, name in enumerate(model.classes_):
        own = model.coef_[at] / spread
        found[list(names).index(name)] = [*own, model.intercept_[at] - own @ middle]
    return rounded(found)


def kind_shares(
    examples: Sequence[Example], weights: Mapping[int, KindWeights]
) -> dict[str, tuple[float, float]]:
    """Give, for kind and strength, how often they are the reader's, and how often the commonest is."""
    hits: dict[str, list[bool]] = {"kind": [], "strength": []}
    labels: dict[str, list[str]] = {"kind": [], "strength": []}
    for example in examples:
        columns, kinds, strengths = _kind_rows([example])
        for row, kind, strength in zip(columns, kinds, strengths, strict=True):
            own = weights[example.fold]
            whole = np.append(row, 1.0)
            hits["strength"].append(STRENGTHS[int((own.strengths @ whole).argmax())] == strength)
            labels["strength"].append(strength)
            if kind in KINDS:
                hits["kind"].append(KINDS[int((own.kinds @ whole).argmax())] == kind)
                labels["kind"].append(kind)
    return {
        name: (
            float(np.mean(hits[name])),
            max(map(labels[name].count, set(labels[name]))) / len(labels[name]),
        )
        for name in hits
    }
