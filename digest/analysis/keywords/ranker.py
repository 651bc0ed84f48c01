"""Order candidates by how likely an indexer would have chosen them: a logistic regression, learned.

It weighs the columns of phrase_features.py and the scores of a probe. The probe is linear in the token
vectors of the packaged model: it weighs a phrase's first and last token, the mean of its tokens, the tokens
just before and after it, and the product of its mean with the article's vector; it carries the syntax and
topicality that word lists lack. Both have one set of weights for news and one for abstracts, mixed by the
text's kind. Where the probe cannot judge (another language than English) it says 0 of every phrase.

data/keywords.npz is made by tests/quality/train_keywords.py, which says what from and prints the figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digest.analysis.keywords.candidate_phrases import Candidate
from digest.analysis.keywords.phrase_features import phrase_features, text_features
from digest.analysis.keywords.taste import NEWS_MOST, adjustments
from digest.analysis.learned import Learned, Matrix, logistic
from digest.analysis.reading import Reading

PROBE_PLACES = 4
"""Places of a phrase that the probe looks at."""
PRODUCT_SCALE = 50.0
"""Brings the product with the article's vector to the size of the token vectors."""


@dataclass(frozen=True)
class KeywordWeights(Learned):
    """What was learned."""

    NAME = "keywords"

    probe: Matrix
    """Shape (6, d, 2): blocks first, last, mean, before, after, product; columns abstract and news."""
    probe_bias: Matrix
    """Shape (2,)."""
    kind: Matrix
    """Shape (k + 1,): the columns of text_features, then the constant."""
    ranking: Matrix
    """Shape (2, n + 3): for abstract and news, the columns of phrase_features, the probe's two scores, then
    the constant."""


def newsiness(register: Matrix, weights: KeywordWeights) -> float:
    """How far a text reads like news and not like an abstract, by its text_features: 0 to 1."""
    return float(logistic(register @ weights.kind[:-1] + weights.kind[-1]))


def likelihoods(found: Sequence[Candidate], reading: Reading, weights: KeywordWeights) -> Matrix:
    """How likely each candidate is a keyword. Shape (n,), 0 to 1."""
    features = phrase_features(found, reading)
    if not len(features):
        return np.zeros(0)
    can_probe = _is_probe_for(reading, weights)
    probed = probe_scores(found, reading, weights) if can_probe else np.zeros((len(found), 2))
    features = np.hstack([features, probed])
    news = NEWS_MOST * newsiness(text_features(reading), weights)
    scores = (features @ weights.ranking[:, :-1].T + weights.ranking[:, -1]) @ np.array([1 - news, news])
    return logistic(scores + adjustments(found, reading))


def _is_probe_for(reading: Reading, weights: KeywordWeights) -> bool:
    """Whether the token vectors are from the probe's model, and the text in its language."""
    return (
        weights.fits(reading.tokens)
        and len(reading.tokens.starts) > 0
        and reading.article.language.startswith("en")
    )


def probe_scores(found: Sequence[Candidate], reading: Reading, weights: KeywordWeights) -> Matrix:
    """The probe's two scores of each candidate, the mean of its first places. Shape (n, 2)."""
    spans = [span for candidate in found for span in candidate.spans[:PROBE_PLACES]]
    counts = np.array([min(len(candidate.spans), PROBE_PLACES) for candidate in found])
    first, last = token_ranges(reading, spans)
    count = len(reading.tokens.vectors)
    # One product for all tokens and blocks; then every place only looks up its tokens.
    columns = np.concatenate(list(weights.probe[:5]), axis=1, dtype=np.float32)
    blocks = (reading.tokens.vectors @ columns).astype(np.float64).reshape(count, 5, 2).transpose(1, 0, 2)
    sums = np.concatenate([np.zeros((1, 2)), np.cumsum(blocks[2], axis=0)])
    places = blocks[0][first] + blocks[1][last - 1] + (sums[last] - sums[first]) / (last - first)[:, None]
    places += np.where((first > 0)[:, None], blocks[3][np.maximum(first - 1, 0)], 0)
    places += np.where((last < count)[:, None], blocks[4][np.minimum(last, count - 1)], 0)
    opens = np.concatenate([[0], np.cumsum(counts)[:-1]])
    means = np.add.reduceat(places, opens, axis=0) / counts[:, None]
    product = PRODUCT_SCALE * reading.vector[:, None] * weights.probe[5]
    pooled = reading.pool([candidate.spans[0] for candidate in found])
    return np.asarray(means + pooled @ product + weights.probe_bias, dtype=np.float64)


def token_ranges(reading: Reading, spans: Sequence[tuple[int, int]]) -> tuple[Matrix, Matrix]:
    """First token and the one after the last of each span; at least one token each. Two of shape (n,)."""
    at = np.asarray(spans, dtype=np.int64).reshape(-1, 2)
    starts, ends = reading.tokens.starts, reading.tokens.ends
    first = np.minimum(np.searchsorted(ends, at[:, 0], side="right"), len(starts) - 1)
    last = np.minimum(np.maximum(np.searchsorted(starts, at[:, 1], side="left"), first + 1), len(starts))
    return first, last
