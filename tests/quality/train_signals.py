"""Learn from the tables of careful readers: data/carriers.npz and kinds.npz.

    python -m tests.quality.train_signals DATA [--keep FOLDER] [--out FILE] [--write]

DATA/signals has articles.jsonl, gold.jsonl, rows.jsonl, gate.tsv and folds.tsv (reports of one event share
a fold).
--keep holds the articles' token vectors between runs, for embedding them takes most of the time.
--out writes the tables of all gold articles, each made by what was learned from the four folds it is not
in, as `digest analyze --jsonl` would; shared/tools/score_signals.py scores it. Prints the same figures as
it goes.

Nothing is chosen on the fold that answers: the gate learns from scores that sentences got from models
without their fold, and the threshold of each fold is where, among the other four, EMPTY of the pages
without change get no row.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.analysis.carriers import OUTLYING, CarrierWeights, Scores, gate_columns, gate_of, long_share
from digest.analysis.kinds import KINDS, STRENGTHS, KindWeights, kind_columns
from digest.analysis.learned import Matrix, model_name, rounded
from digest.analysis.reading import Reading, read
from digest.analysis.signals import SignalWeights, make_signals
from digest.analysis.statements import Statement, make_statement
from digest.analysis.traits import Traits, sentence_vectors, traits_of
from digest.articles.given import article_of_text
from digest.records import TokenVectors
from digest.records.plain_values import to_json
from tests.quality.training import finish, json_lines, options, say

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


@dataclass(frozen=True)
class Example:
    """An article with what readers wrote of it."""

    id: str
    set: str
    fold: int
    is_gold: bool
    reports_change: bool
    second: str
    """yes, doubtful, no of the second reader; empty where nobody asked."""
    reading: Reading
    traits: Traits
    vectors: Matrix
    statements: Mapping[int, Statement]
    rows: Sequence[Mapping[str, Any]]
    cited: Sequence[frozenset[int]]
    """For each row, the sentences it cites, as indices of `reading.lines`."""
    also: frozenset[int]
    """Sentences the second reader names."""

    @property
    def targets(self) -> Matrix:
        """Shape (n,): 1 for sentences that carry a change."""
        found = np.zeros(len(self.reading.lines))
        found[[at for each in self.cited for at in each]] = 1
        return found


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


def load(data: Path, keep: Path | None) -> list[Example]:
    """Read the articles and what was written of them."""
    folder = data / "signals"
    gold = {row["id"]: row for row in json_lines(folder / "gold.jsonl")}
    rows = gold | {row["id"]: row for row in json_lines(folder / "rows.jsonl")}
    folds = dict(line.split("\t") for line in (folder / "folds.tsv").read_text().splitlines() if line)
    gate = {
        line.split("\t")[0]: line.split("\t")[1:] for line in (folder / "gate.tsv").read_text().splitlines()
    }
    embedder = SentenceTransformerEmbedder()
    return [
        _example(article, rows[article["id"]], article["id"] in gold, int(folds[article["id"]]),
                 gate.get(article["id"], []), tokens_of(article, embedder, keep))
        for article in json_lines(folder / "articles.jsonl")
    ]  # fmt: skip


def tokens_of(
    article: Mapping[str, Any], embedder: SentenceTransformerEmbedder, keep: Path | None
) -> TokenVectors:
    """Give an article's token vectors, from `keep` where they are there."""
    path = keep / f"{article['id']}.npz" if keep else None
    if path and path.exists():
        with np.load(path) as kept:
            return TokenVectors(
                kept["starts"], kept["ends"], kept["vectors"].astype(np.float32), embedder.model_id
            )
    tokens = embedder.encode_tokens([article["text"]])[0]
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, starts=tokens.starts, ends=tokens.ends, vectors=tokens.vectors.astype(np.float16))
    return tokens


def _example(
    row: Mapping[str, Any],
    table: Mapping[str, Any],
    is_gold: bool,
    fold: int,
    second: Sequence[str],
    tokens: TokenVectors,
) -> Example:  # fmt: skip
    article = article_of_text(id=row["id"], url=f"id:{row['id']}", title=row["title"], text=row["text"])
    reading = read(article, tokens)

    def lines_of(numbers: Sequence[int]) -> frozenset[int]:
        spans = [row["sentences"][number - 1] for number in numbers]
        return frozenset(
            line.index
            for line in reading.lines
            for at in spans
            if line.start < at["end"] and line.end > at["start"]
        )

    made = ((line.index, make_statement(reading, line)) for line in reading.lines)
    return Example(
        id=row["id"],
        set=row["set"],
        fold=fold,
        is_gold=is_gold,
        reports_change=bool(table.get("reports_change", table["signals"])),
        second=second[0] if second else "",
        reading=reading,
        traits=traits_of(reading),
        vectors=sentence_vectors(reading),
        statements={at: statement for at, statement in made if statement is not None},
        rows=[{**each, "change_at": lines_of(each["change_sentences"])} for each in table["signals"]],
        cited=[lines_of(each["sentences"]) for each in table["signals"]],
        also=lines_of([int(number) for number in second[1].split()]) if len(second) > 1 else frozenset(),
    )  # fmt: skip


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
        max((each.mixed[at] for at in each.statements), default=-9.0) + gate
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


def kind_figures(examples: Sequence[Example], weights: Mapping[int, KindWeights]) -> str:
    """How often kind and strength are the reader's, beside always the commonest."""
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
    return "; ".join(
        f"{name} right {np.mean(hits[name]):.2f} of {len(hits[name])}, commonest "
        f"{max(map(labels[name].count, set(labels[name]))) / len(labels[name]):.2f}"
        for name in hits
    )


def main() -> None:
    """Learn, answer out of fold, print, write if asked."""
    parser = options(__doc__)
    parser.add_argument("--keep", type=Path, help="folder for token vectors")
    parser.add_argument("--out", type=Path, help="where to write the tables made out of fold")
    asked = parser.parse_args()
    examples = load(asked.data, asked.keep)
    model_id = model_name(examples[0].reading.tokens.model_id)
    say(f"{len(examples)} articles, {sum(len(each.rows) for each in examples)} rows")
    known: dict[frozenset[int], CarrierWeights] = {}

    def heads(left_out: Collection[int]) -> CarrierWeights:
        key = frozenset(left_out)
        if key not in known:
            known[key] = fit_heads([each for each in examples if each.fold not in key], model_id)
        return known[key]

    for size in (1, 2):
        for left_out in combinations(FOLDS, size):
            heads(left_out)
    say("scores learned")
    learned: dict[int, SignalWeights] = {}
    for fold in FOLDS:
        others = [each for each in examples if each.fold != fold]
        learned[fold] = SignalWeights(
            learn_carriers(examples, heads, [fold]),
            learn_kinds(others, model_id),
        )
    gold = [each for each in examples if each.is_gold]
    say(kind_figures(gold, {fold: each.kinds for fold, each in learned.items() if each.kinds}))
    if asked.out:
        with asked.out.open("w", encoding="utf-8") as file:
            for each in gold:
                rows, notes = make_signals(each.reading, "society", learned[each.fold])
                answer = {"id": each.id, "signals": [to_json(row) for row in rows], "notes": notes}
                file.write(json.dumps(answer, ensure_ascii=False) + "\n")
    everything = SignalWeights(learn_carriers(examples, heads, []), learn_kinds(examples, model_id))
    for each in (everything.carriers, everything.pieces, everything.kinds):
        if each is not None:
            finish(each, write=asked.write)


if __name__ == "__main__":
    main()
