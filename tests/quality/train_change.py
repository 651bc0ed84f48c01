"""Learn from clauses read by hand which of them report a change: data/change.npz.

    python -m tests.quality.train_change DATA [--write]

change_labels.csv beside this file names clauses and sentences of the pages, entries and news texts by
character offsets, with 2 for a clear change, 1 for a weak or implied one and 0 for none. Weak ones count as
0.35 of a change. Prints cross-validated figures (ten parts, no text in two of them): area under the curve of
clear changes against none, and, of as many clauses as half of the clear changes, best first, the part that
are clear and the part that are at least weak.
"""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.analysis.change import ChangeWeights, change_features, clause_vectors
from digest.analysis.learned import Matrix, model_name, rounded
from digest.analysis.reading import Reading, read
from digest.articles.given import article_of_text
from digest.language.words import Word
from digest.records import TokenVectors
from tests.quality.training import development_texts, finish, options, say

LABELS = Path(__file__).parent / "change_labels.csv"
WEAK = 0.35
PENALTY = 0.3


def load_labels() -> dict[tuple[str, str], list[tuple[int, int, int]]]:
    """Give start, end and label of the clauses of each text."""
    rows: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    with LABELS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            place = (int(row["start"]), int(row["end"]), int(row["label"]))
            rows.setdefault((row["kind"], row["id"]), []).append(place)
    return rows


def words_between(reading: Reading, start: int, end: int) -> tuple[Word, ...]:
    """Give a clause's words, as its sentence is tagged."""
    return tuple(
        word for line in reading.lines for word in line.words if start <= word.start and word.end <= end
    )


def columns(
    texts: dict[tuple[str, str], str], tokens: dict[tuple[str, str], TokenVectors]
) -> tuple[Matrix, Matrix, NDArray[np.int64], list[str]]:
    """Give the features, the vectors, the labels and the text each clause is of."""
    cues: list[list[float]] = []
    vectors: list[Matrix] = []
    labels: list[int] = []
    groups: list[str] = []
    for key, rows in load_labels().items():
        article = article_of_text(id=key[1], url=f"id:{key[1]}", title="", text=texts[key])
        reading = read(article, tokens[key])
        clauses = [words_between(reading, start, end) for start, end, _ in rows]
        cues += [change_features(words) for words in clauses]
        vectors.append(np.hstack(clause_vectors(reading, clauses)))
        labels += [label for _, _, label in rows]
        groups += ["/".join(key)] * len(rows)
    return np.array(cues), np.vstack(vectors), np.array(labels), groups


def fit(features: Matrix, labels: NDArray[np.int64]) -> LogisticRegression:
    """Fit; a weak change counts as WEAK of one with, and 1 - WEAK of one without."""
    weak = labels == 1
    rows = np.vstack([features, features[weak]])
    targets = np.concatenate([labels > 0, np.zeros(weak.sum(), dtype=bool)])
    weights = np.concatenate([np.where(weak, WEAK, 1.0), np.full(weak.sum(), 1 - WEAK)])
    return LogisticRegression(C=PENALTY, max_iter=3000).fit(rows, targets, sample_weight=weights)


def held_out(features: Matrix, labels: NDArray[np.int64], groups: list[str]) -> Matrix:
    """Score each clause by a model that saw no clause of its text."""
    scores = np.zeros(len(labels))
    for train, test in GroupKFold(10).split(features, labels, groups):
        scores[test] = fit(features[train], labels[train]).decision_function(features[test])
    return scores


def figures(scores: Matrix, labels: NDArray[np.int64]) -> str:
    """Put the figures into a line."""
    sure = labels != 1
    best = labels[np.argsort(-scores)[: (labels == 2).sum() // 2]]
    area = roc_auc_score(labels[sure] == 2, scores[sure])
    return (
        f"area {area:.3f}, best half: clear {np.mean(best == 2):.2f}, at least weak {np.mean(best > 0):.2f}"
    )


def weights_of(
    plain: LogisticRegression, full: LogisticRegression, count: int, model_id: str
) -> ChangeWeights:
    """Put both models into one record; the second has `count` columns before the vectors."""
    weights, width = full.coef_[0], (full.coef_.shape[1] - count) // 2
    return ChangeWeights(
        model_name(model_id),
        plain=rounded(np.append(plain.coef_[0], plain.intercept_)),
        cues=rounded(np.append(weights[:count], full.intercept_)),
        span=rounded(weights[count : count + width]),
        verb=rounded(weights[count + width :]),
    )


def main() -> None:
    """Learn, print, write if asked."""
    asked = options(__doc__).parse_args()
    texts = development_texts(asked.data)
    embedder = SentenceTransformerEmbedder()
    keys = list(load_labels())
    tokens = dict(zip(keys, embedder.encode_tokens([texts[key] for key in keys]), strict=True))
    cues, vectors, labels, groups = columns(texts, tokens)
    both = np.hstack([cues, vectors])
    say(f"{len(labels)} clauses of {len(keys)} texts: {np.bincount(labels)} of none, weak, clear")
    for name, features in (("any model", cues), ("with vectors", both)):
        scores = held_out(features, labels, groups)
        pages = np.array([group.startswith("page") for group in groups])
        say(f"{name}: {figures(scores, labels)} | pages {figures(scores[pages], labels[pages])}")
    learned = weights_of(fit(cues, labels), fit(both, labels), cues.shape[1], embedder.model_id)
    finish(learned, write=asked.write)


if __name__ == "__main__":
    main()
