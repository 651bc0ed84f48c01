"""Ten phrases of an article, as written.

candidate_phrases.py  noun phrases that may be keywords, and where they stand
phrase_features.py    what the ranking looks at in each
ranker.py, taste.py   the ranking, learned on labelled texts
choice.py             which of the ranked are shown
"""

from collections.abc import Sequence

from digest.analysis.keywords.candidate_phrases import Candidate, candidates
from digest.analysis.keywords.choice import with_fuller_forms, without_repeats
from digest.analysis.keywords.phrase_features import heading
from digest.analysis.keywords.ranker import KeywordWeights, likelihoods
from digest.analysis.learned import Matrix, shipped
from digest.analysis.reading import Reading
from digest.records import Keyword

__all__ = ["Candidate", "candidates", "choose_from", "choose_keywords"]

FOREIGN_LETTERS = 5  # of each word outside English, see choose_keywords; judgement


def choose_keywords(reading: Reading) -> tuple[Keyword, ...]:
    """Choose up to ten keywords.

    Porter stems, exact, 300 texts each, none scored by weights that had seen it (November 2026): F1@10 Inspec
    .334, SemEval2017 .404; precision 500N-KPCrowd .482. On the texts learned from .345,
    .418 and .502. YAKE .172, .182 and .220, tf-idf .104, .160 and .420.

    Rarity comes from the shipped background table only. The archive's own frequencies would make the same
    article's keywords depend on what came before it, and there is nothing to gain: learned with no rarity at
    all the figures are .333, .400 and .483.

    Returns:
        Best first, scored by likelihood (0 to 1); fewer than ten only where the text has fewer phrases.
    """
    found = candidates(reading.lines)
    if not reading.article.language.startswith("en"):
        # The word lists are English; elsewhere short words are mostly articles and pronouns.
        found = [c for c in found if all(len(word.text) >= FOREIGN_LETTERS for word in c.words)]
    chosen = choose_from(found, likelihoods(found, reading, shipped(KeywordWeights)), heading(reading))
    return tuple(Keyword(candidate.form, round(score, 4)) for candidate, score in chosen)


def choose_from(found: Sequence[Candidate], scores: Matrix, title: str) -> list[tuple[Candidate, float]]:
    """Choose from candidates in order of first place, given the likelihood of each, shape (n,)."""
    # Stable: ties stay in order of first place.
    ranked = sorted(zip(found, map(float, scores), strict=True), key=lambda pair: -pair[1])
    return without_repeats(with_fuller_forms(ranked, title))
