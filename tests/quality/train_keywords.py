"""Learn the weights of digest/analysis/keywords/ranker.py: data/keywords.npz.

    python -m tests.quality.train_keywords DATA [--write] [--vectors FILE]

Learned from the keyphrase sets of the development data: Inspec and SemEval2017 (abstracts) and 500N-KPCrowd
(news), 300 texts each, which people gave keys to. A candidate counts as right where its form, in Porter
stems, is one of them. Every text weighs as the square root of its candidates.

1. The probe: ridge regression of "is right" on a phrase's token vectors, one for abstracts and one for news.
2. The text's kind: logistic regression of news or abstract on the text's register.
3. The ranking: logistic regression on the features, mixed by the kind.

The ranking learns from probe scores of texts that the probe has not seen (five folds). The figures it prints
are of a second cross-validation around all of that: no text is scored by anything that has seen it.
"""

import pickle
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.analysis.keywords import choose_from
from digest.analysis.keywords.candidate_phrases import Candidate, candidates
from digest.analysis.keywords.phrase_features import heading, phrase_features, text_features
from digest.analysis.keywords.ranker import (
    PROBE_PLACES,
    PRODUCT_SCALE,
    KeywordWeights,
    likelihoods,
    newsiness,
    probe_scores,
    token_ranges,
)
from digest.analysis.learned import Matrix, model_name, rounded
from digest.analysis.reading import Reading, read
from digest.articles.given import article_of_text
from digest.records import TokenVectors
from tests.quality.evaluation.keywords import Score, gold_keys, mean_score, score_keywords, stemmed
from tests.quality.training import finish, json_lines, options, say

SETS = {"Inspec": 0, "SemEval2017": 0, "500N-KPCrowd-v1.1": 1}
"""File -> 0 abstracts, 1 news."""
FOLDS = 5
RIDGE = 100.0
"""Of 30 and 300 the first was better on SemEval2017 by .002, the second on Inspec by .004 (November 2026)."""
INVERSE_PENALTY = 0.05
"""Ten times as much changed no figure by more than .002."""


@dataclass(frozen=True)
class Text:
    """A labelled text, made ready."""

    name: str
    news: int
    fold: int
    reading: Reading
    found: tuple[Candidate, ...]
    is_right: Matrix
    """Shape (n,), 0 or 1."""
    gold: frozenset[str]
    features: Matrix
    register: Matrix


def load(data: Path, vectors: Path | None) -> list[Text]:
    """Read and embed the labelled texts; `vectors` keeps the token vectors for another time."""
    known = pickle.loads(vectors.read_bytes()) if vectors and vectors.exists() else {}
    embedder = SentenceTransformerEmbedder()
    texts = []
    for name, news in SETS.items():
        for at, row in enumerate(json_lines(data / "keyphrases" / f"{name}.jsonl")):
            key = (name, row["id"])
            if key not in known:
                made = embedder.encode_tokens([row["text"]])[0]
                known[key] = (made.starts, made.ends, made.vectors.astype(np.float16))
            starts, ends, states = known[key]
            tokens = TokenVectors(starts, ends, states.astype(np.float32), embedder.model_id)
            article = article_of_text(id=row["id"], url=f"id:{row['id']}", title="", text=row["text"])
            texts.append(_text(name, news, at % FOLDS, read(article, tokens), row["keys"]))
    if vectors and not vectors.exists():
        vectors.write_bytes(pickle.dumps(known, protocol=5))
    return texts


def _text(name: str, news: int, fold: int, reading: Reading, keys: Sequence[str]) -> Text:
    found = tuple(candidates(reading.lines))
    gold = gold_keys(keys)
    is_right = np.array([stemmed(candidate.form) in gold for candidate in found], dtype=np.float64)
    features, register = phrase_features(found, reading), text_features(reading)
    return Text(name, news, fold, reading, found, is_right, gold, features, register)


def probe_inputs(text: Text) -> Matrix:
    """What the probe is linear in. Shape (n, 6 d + 1), the last column 1."""
    vectors, article = text.reading.tokens.vectors, text.reading.vector
    rows = []
    pooled = text.reading.pool([candidate.spans[0] for candidate in text.found])
    for candidate, whole in zip(text.found, pooled, strict=True):
        places = []
        for first, last in zip(*token_ranges(text.reading, candidate.spans[:PROBE_PLACES]), strict=True):
            none = np.zeros_like(vectors[0])
            before = vectors[first - 1] if first > 0 else none
            after = vectors[last] if last < len(vectors) else none
            places.append(
                np.concatenate(
                    [vectors[first], vectors[last - 1], vectors[first:last].mean(axis=0), before, after]
                )
            )
        rows.append(np.concatenate([np.mean(places, axis=0), PRODUCT_SCALE * whole * article, [1.0]]))
    return np.asarray(rows, dtype=np.float32).reshape(len(text.found), 6 * vectors.shape[1] + 1)


@dataclass(frozen=True)
class Sums:
    """What ridge regression needs of some texts of one kind; those of several folds add up."""

    squares: Matrix
    products: Matrix


def sums_of(texts: Iterable[Text]) -> dict[tuple[int, int], Sums]:
    """The sums of each fold and kind."""
    sums: dict[tuple[int, int], Sums] = {}
    for text in texts:
        if not text.found:
            continue
        inputs, weight = probe_inputs(text), 1 / np.sqrt(len(text.found))
        squares, products = weight * (inputs.T @ inputs), weight * (inputs.T @ text.is_right)
        old = sums.get((text.fold, text.news))
        sums[text.fold, text.news] = (
            Sums(old.squares + squares, old.products + products) if old else Sums(squares, products)
        )
    return sums


def fit_probe(sums: dict[tuple[int, int], Sums], folds: Iterable[int]) -> tuple[Matrix, Matrix]:
    """The probe learned from some folds: weights of shape (6, d, 2), constants of shape (2,)."""
    folds = list(folds)
    columns = []
    for news in (0, 1):
        squares = np.sum([sums[fold, news].squares for fold in folds], axis=0, dtype=np.float64)
        products = np.sum([sums[fold, news].products for fold in folds], axis=0, dtype=np.float64)
        penalty = RIDGE * np.eye(len(squares))
        penalty[-1, -1] = 0
        columns.append(np.linalg.solve(squares + penalty, products))
    learned = np.stack(columns, axis=1)
    return rounded(learned[:-1].reshape(6, -1, 2)), learned[-1]


def fit(texts: Sequence[Text], sums: dict[tuple[int, int], Sums]) -> KeywordWeights:
    """Learn everything from some texts, whole folds of them."""
    folds = sorted({text.fold for text in texts})
    probe, bias = fit_probe(sums, folds)
    weights = KeywordWeights(
        model_name(texts[0].reading.tokens.model_id), probe, bias, *[np.zeros((2, 1))] * 2
    )
    weights = replace(weights, kind=_fit_kind(texts))
    unseen: dict[int, KeywordWeights] = {}
    for fold in folds:
        part, part_bias = fit_probe(sums, (other for other in folds if other != fold))
        unseen[fold] = replace(weights, probe=part, probe_bias=part_bias)
    texts = [text for text in texts if text.found]
    scores = [probe_scores(text.found, text.reading, unseen[text.fold]) for text in texts]
    news = [newsiness(text.register, weights) for text in texts]
    probed = [np.hstack([text.features, score]) for text, score in zip(texts, scores, strict=True)]
    right = [text.is_right for text in texts]
    return replace(weights, ranking=_fit_ranking(probed, right, news))


def _fit_kind(texts: Sequence[Text]) -> Matrix:
    inputs = np.array([text.register for text in texts])
    mean, spread = inputs.mean(axis=0), inputs.std(axis=0)
    model = LogisticRegression(C=0.1, max_iter=1000).fit(
        (inputs - mean) / spread, np.array([text.news for text in texts])
    )
    slopes = model.coef_[0] / spread
    return np.append(slopes, model.intercept_[0] - slopes @ mean)


def _fit_ranking(features: Sequence[Matrix], right: Sequence[Matrix], news: Sequence[float]) -> Matrix:
    stacked = np.vstack(features)
    mean, spread = stacked.mean(axis=0), stacked.std(axis=0) + 1e-9
    kinds = np.repeat(news, [len(each) for each in features])[:, None]
    inputs = (stacked - mean) / spread
    inputs = np.hstack([inputs * (1 - kinds), inputs * kinds, kinds])
    weight = np.concatenate([np.full(len(each), 1 / np.sqrt(len(each))) for each in features])
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=2000).fit(
        inputs, np.concatenate(right), sample_weight=weight
    )
    width = len(mean)
    rows = []
    for at in (0, 1):
        slopes = model.coef_[0][at * width : (at + 1) * width] / spread
        constant = model.intercept_[0] + at * model.coef_[0][-1] - slopes @ mean
        rows.append(np.append(slopes, constant))
    return np.array(rows)


def evaluate(texts: Iterable[Text], weights: KeywordWeights) -> dict[str, list[Score]]:
    """Score the keywords chosen from some texts, by set."""
    scores: dict[str, list[Score]] = {}
    for text in texts:
        likely = likelihoods(text.found, text.reading, weights)
        chosen = choose_from(text.found, likely, heading(text.reading))
        scores.setdefault(text.name, []).append(
            score_keywords([candidate.form for candidate, _ in chosen], text.gold)
        )
    return scores


def cross_validate(texts: Sequence[Text], sums: dict[tuple[int, int], Sums]) -> None:
    """Print the figures of texts that nothing was learned from."""
    merged: dict[str, list[Score]] = {}
    for fold in range(FOLDS):
        weights = fit([text for text in texts if text.fold != fold], sums)
        for name, scores in evaluate([text for text in texts if text.fold == fold], weights).items():
            merged.setdefault(name, []).extend(scores)
    _show("cross-validated", merged)


def _show(title: str, scores: dict[str, list[Score]]) -> None:
    say(title)
    for name, each in scores.items():
        mean = mean_score(each)
        say(f"  {name:20} F1@10 {mean.f1:.3f}  P@10 {mean.precision:.3f}  texts {len(each)}")


def main() -> None:
    """Learn, print the figures, write if asked."""
    parser = options(__doc__)
    parser.add_argument("--vectors", type=Path, help="file that keeps the token vectors")
    asked = parser.parse_args()
    texts = load(asked.data, asked.vectors)
    sums = sums_of(texts)
    cross_validate(texts, sums)
    weights = fit(texts, sums)
    _show("on the texts learned from", evaluate(texts, weights))
    finish(weights, write=asked.write)


if __name__ == "__main__":
    main()
