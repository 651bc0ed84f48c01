"""Learn which phrasing of the library an editor would let stand beside a row: the numbers of
digest/analysis/ideas.py.

    python -m tests.quality.learn_ideas DATA [--keep FOLDER]

idea_labels.csv holds 600 pairs of row and phrasing, drawn with seed 20261128 from what was offered for 200
rows of the development texts (170 of news, which the library was not written from, and 30 of pages; a third
for each cell, balanced over how well the pattern fits) and judged by reading: 1 only where the phrasing is a
sensible judgement on this very change, not merely on the same subject. An article is named by its id, a row
by the places of its quotes, a phrasing by its hash. Whole articles are left out, fold by fold.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.analysis import Library
from digest.analysis.ideas import Candidate, IdeaWeights, candidates, score_of
from digest.analysis.learned import Matrix
from digest.analysis.reading import Reading, read
from digest.articles.given import article_of_text
from digest.cli.machinery import library_of
from digest.records import EMPTY, Evidence, Signal, SignalBasis
from tests.quality.reader_tables import tokens_of
from tests.quality.training import json_lines, options, say

LABELS = Path(__file__).with_name("idea_labels.csv")
FOLDS = range(5)
PENALTY = 0.3
TRIED = 60
"""Patterns among which a judged phrasing is looked for; what the weights offer comes from far fewer."""
KEPT = 0.75
"""Share of the fitting pairs that are to be offered: more brings an editor mostly strangers. Judgement."""
ASKED, LEAST_PAIRS = 0.8, 30
"""Precision that an idea said to fit must have, on at least so many pairs: a few right ones prove nothing."""


@dataclass(frozen=True)
class Pair:
    """A judged pair."""

    fold: int
    candidate: Candidate
    fits: bool


def load_pairs(data: Path, keep: Path | None, library: Library) -> list[Pair]:
    """Read the judged pairs; those whose phrasing is no longer in the library are left out."""
    with LABELS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    folder = data / "signals"
    folds = dict(line.split("\t") for line in (folder / "folds.tsv").read_text().splitlines() if line)
    readings = _readings(folder, {row["article"] for row in rows}, keep)
    return list(_pairs(rows, readings, folds, library))


def _readings(folder: Path, wanted: set[str], keep: Path | None) -> dict[str, Reading]:
    embedder = SentenceTransformerEmbedder()
    found = {}
    for row in json_lines(folder / "articles.jsonl"):
        if row["id"] in wanted:
            article = article_of_text(
                id=row["id"], url=f"id:{row['id']}", title=row["title"], text=row["text"]
            )
            found[row["id"]] = read(article, tokens_of(row, embedder, keep))
    return found


def _pairs(
    rows: Sequence[Mapping[str, str]],
    readings: Mapping[str, Reading],
    folds: Mapping[str, str],
    library: Library,
) -> Iterator[Pair]:
    known: dict[tuple[str, str], dict[tuple[str, str], Candidate]] = {}
    for row in rows:
        key = (row["article"], row["row"])
        if key not in known:
            reading = readings[row["article"]]
            tried = candidates([_signal(reading, row["row"])], reading, library, TRIED)
            known[key] = {(each.field, hash_of(each.text)): each for each in tried}
        candidate = known[key].get((row["field"], row["phrasing"]))
        if candidate is not None:
            yield Pair(int(folds[row["article"]]), candidate, row["fits"] == "1")


def _signal(reading: Reading, places: str) -> Signal:
    """Make a row of the places its quotes stand at, as `12-40 60-75`."""
    spans = [tuple(map(int, place.split("-"))) for place in places.split()]
    text = reading.article.text
    quotes = tuple(Evidence(start, end, text[start:end], "signal") for start, end in spans)
    said = " ".join(each.quote for each in quotes)
    return Signal(said, EMPTY, EMPTY, EMPTY, SignalBasis("observed", "none", "none", "none"), quotes)


def hash_of(text: str) -> str:
    """Name a phrasing in idea_labels.csv."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def fit_weights(pairs: Sequence[Pair]) -> IdeaWeights:
    """Fit how likely a phrasing fits; what is offered, and what fits, is left open."""
    columns = np.array([each.candidate.columns for each in pairs])
    middle, spread = columns.mean(axis=0), columns.std(axis=0) + 1e-6
    model = LogisticRegression(C=PENALTY, max_iter=500)
    model.fit((columns - middle) / spread, [each.fits for each in pairs])
    counts = model.coef_[0] / spread
    constant = float(model.intercept_[0] - counts @ middle)
    return IdeaWeights((*(round(float(each), 4) for each in counts), round(constant, 4)), -np.inf, None)


def out_of_fold(pairs: Sequence[Pair]) -> Matrix:
    """Score each pair by what was learned from the four folds its article is not in."""
    weights = {fold: fit_weights([each for each in pairs if each.fold != fold]) for fold in FOLDS}
    return np.array([score_of(each.candidate, weights[each.fold]) for each in pairs])


def thresholds(scores: Matrix, fits: Matrix) -> tuple[float, float | None]:
    """Give the scores from which on ideas are offered, and are said to fit; None where ASKED is not
    reached."""
    offered = float(np.quantile(scores[fits], 1 - KEPT))
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(fits[order]) / np.arange(1, len(order) + 1)
    sure = [at for at in range(LEAST_PAIRS - 1, len(order)) if right[at] >= ASKED]
    return round(offered, 2), round(float(scores[order[sure[-1]]]), 2) if sure else None


def learn_ideas(pairs: Sequence[Pair]) -> tuple[IdeaWeights, Matrix, Matrix]:
    """Learn from all pairs; gives the weights, and the scores out of fold with what fits."""
    scores, fits = out_of_fold(pairs), np.array([each.fits for each in pairs])
    offered, fitting = thresholds(scores, fits)
    return replace(fit_weights(pairs), offered=offered, fitting=fitting), scores, fits


def main() -> None:
    """Learn, answer out of fold, print."""
    parser = options(__doc__)
    parser.add_argument("--keep", type=Path, help="folder for token vectors")
    asked = parser.parse_args()
    library = library_of(Path(), SentenceTransformerEmbedder(), None)()
    weights, scores, fits = learn_ideas(load_pairs(asked.data, asked.keep, library))
    say(f"{len(fits)} pairs, {fits.mean():.3f} fit; out of fold:")
    for count in (10, 20, 30, 40, 60, 100):
        say(f"  of the {count} surest {fits[np.argsort(-scores)[:count]].mean():.2f}")
    is_offered = scores >= weights.offered
    say(f"  offered {is_offered.mean():.2f}, of which {fits[is_offered].mean():.2f} fit")
    say(str(weights))


if __name__ == "__main__":
    main()
