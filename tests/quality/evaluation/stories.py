"""How well articles on one event are brought together and found: pair F1 and MAP, with two baselines.

The archive is measured as people use it: stories as `digest stories` lists them, rankings as
`digest similar --queries` gives them. The baselines are given the threshold that suits them best on the very
data, which the archive's stories are not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from digest.issues.stories_by_hand import list_stories
from digest.records import Vectors
from digest.store import Store
from digest.stories.neighbours import Archive


@dataclass(frozen=True)
class StoryScores:
    """Figures of one way to find what belongs together; higher is better."""

    name: str
    pair_f1: float
    """Over all pairs of articles: said to be of one story against labelled so."""
    mean_average_precision: float
    """Over all articles with another of their story, the whole ranking."""


def score_archive(store: Store, gold: Mapping[str, str], *, model_id: str) -> StoryScores:
    """Score the archive's own stories and rankings.

    Args:
        store: An archive that holds the labelled articles.
        gold: The labelled story of each article, by id.
        model_id: Of the vectors in the archive.
    """
    archive = Archive(store, model_id=model_id)
    found = {each: story.id for story in list_stories(store) for each in story.article_ids}
    rankings = {
        each: [entry.id for entry in archive.ranked(archive.query_of(each), each, limit=len(found))]
        for each in gold
    }
    return StoryScores("digest", pair_f1(found, gold), mean_average_precision(rankings, gold))


def score_tf_idf(ids: Sequence[str], texts: Sequence[str], gold: Mapping[str, str]) -> StoryScores:
    """Score tf-idf over words, as scikit-learn makes it."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    weights = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(texts)
    return score_similarities("tf-idf", ids, np.asarray((weights @ weights.T).todense()), gold)


def score_vectors(name: str, ids: Sequence[str], vectors: Vectors, gold: Mapping[str, str]) -> StoryScores:
    """Score the cosine of vectors alone. `vectors` has shape (n, d), rows L2-normalised."""
    return score_similarities(name, ids, np.asarray(vectors @ vectors.T, dtype=np.float64), gold)


def score_similarities(
    name: str, ids: Sequence[str], similarities: NDArray[np.float64], gold: Mapping[str, str]
) -> StoryScores:
    """Score similarities, shape (n, n): average linkage at its best threshold, and the rankings."""
    order = np.argsort(-similarities, axis=1, kind="stable")
    rankings = {
        each: [ids[other] for other in row if other != at]
        for at, (each, row) in enumerate(zip(ids, order.tolist(), strict=True))
    }
    return StoryScores(name, _best_pair_f1(ids, similarities, gold), mean_average_precision(rankings, gold))


def pair_f1(found: Mapping[str, str], gold: Mapping[str, str]) -> float:
    """F1 over pairs of the labelled articles; 1 where there is no pair to find and none is said."""
    said, labelled = _pairs(found, gold), _pairs(gold, gold)
    total = len(said) + len(labelled)
    return 2 * len(said & labelled) / total if total else 1.0


def mean_average_precision(rankings: Mapping[str, Iterable[str]], gold: Mapping[str, str]) -> float:
    """Mean over the queries that have something to find of the mean precision where each of it is found."""
    precisions = []
    for query, ranking in rankings.items():
        wanted = sum(story == gold[query] for story in gold.values()) - 1
        if not wanted:
            continue
        hits, total = 0, 0.0
        for rank, each in enumerate(ranking, 1):
            if gold.get(each) == gold[query]:
                hits += 1
                total += hits / rank
        precisions.append(total / wanted)
    return float(np.mean(precisions)) if precisions else 0.0


def _pairs(story_of: Mapping[str, str], among: Mapping[str, str]) -> set[tuple[str, str]]:
    members: dict[str, list[str]] = {}
    for each in sorted(among):
        if each in story_of:
            members.setdefault(story_of[each], []).append(each)
    return {pair for found in members.values() for pair in combinations(found, 2)}


def _best_pair_f1(ids: Sequence[str], similarities: NDArray[np.float64], gold: Mapping[str, str]) -> float:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distances = np.maximum(1 - (similarities + similarities.T) / 2, 0)
    np.fill_diagonal(distances, 0)
    tree = linkage(squareform(distances, checks=False), "average")
    best = 0.0
    for threshold in np.quantile(tree[:, 2], np.linspace(0.5, 1, 60)):
        labels = fcluster(tree, threshold, "distance")
        found = {each: str(label) for each, label in zip(ids, labels, strict=True)}
        best = max(best, pair_f1(found, gold))
    return best
