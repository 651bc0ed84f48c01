"""What an editor of a digest prefers, beyond what indexers chose.

Added to the learned scores, in their unit (logits). The indexers of the news set liked single common words
("opportunities", "performance"), which tell a reader of the list nothing, and the abstracts learned from are
too short to say how much it means that a long text comes back to a phrase. Chosen by reading the lists of
development pages. Together they changed F1@10 on Inspec and SemEval2017 by .003 at most, and cost
500N-KPCrowd's precision .08 of .555, on texts not learned from (November 2026).
"""

import math
from collections.abc import Sequence

import numpy as np

from digest.analysis.keywords.candidate_phrases import Candidate
from digest.analysis.keywords.phrase_features import title_stems
from digest.analysis.learned import Matrix
from digest.analysis.reading import Reading
from digest.language.background import rarity

NEWS_MOST = 0.6
"""The most that the weights learned on news may count."""
COMMON = 6.0  # in logits, as all here; chosen as said at the top
COMMON_BELOW = 0.42
"""A bare noun less rare than this (background.rarity, 0 to 1) loses COMMON times the difference."""
RETURNS = 0.35  # of phrases of several words and names; RETURNS_SINGLE of bare nouns
RETURNS_SINGLE = 0.1
"""For each natural logarithm of a phrase's times and of the text's length over USUAL_WORDS."""
USUAL_WORDS = 150  # longer texts can come back to a phrase; judgement
TITLE = 0.7  # of phrases of several words and names; TITLE_SINGLE of bare nouns
TITLE_SINGLE = 0.3
"""For a phrase that the title has."""


def adjustments(found: Sequence[Candidate], reading: Reading) -> Matrix:
    """What to add to each candidate's score. Shape (n,)."""
    title = title_stems(reading)
    words = sum(line.count for line in reading.lines)
    length = math.log(max(1.0, words / USUAL_WORDS))
    return np.array([_adjustment(candidate, title, length) for candidate in found])


def _adjustment(candidate: Candidate, title: set[str], length: float) -> float:
    is_bare = len(candidate.key) == 1 and not candidate.is_name
    added = (RETURNS_SINGLE if is_bare else RETURNS) * length * math.log(len(candidate.spans))
    if title.issuperset(candidate.key):
        added += TITLE_SINGLE if is_bare else TITLE
    if is_bare:
        added -= COMMON * max(0.0, COMMON_BELOW - rarity(candidate.words[0].lower))
    return added
