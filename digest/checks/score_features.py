"""What the score is computed from: how strong each finder's evidence is, and how much of the claim is
covered."""

import math
from collections.abc import Sequence

from digest.checks.claim_reading import ReadText
from digest.checks.finding import Finding
from digest.checks.support import Support

FINDERS = (
    "number",
    "count",
    "ordinal",
    "unit",
    "bound",
    "number_elsewhere",
    "date",
    "date_elsewhere",
    "name",
    "quote",
    "negation",
    "negation_lost",
    "opposite",
    "opposite_elsewhere",
    "repeated",
    "swap",
)

COVERAGE = (
    "novel",
    "novel_most",
    "uncovered",
    "uncovered_most",
    "pairs",
    "reworded",
    "length",
    "contrast",
    "rare",
    "very_rare",
    "alien",
    "apart",
    "phrases",
    "phrases_most",
    "far",
)

NAMES = (*(f"{name}{part}" for name in FINDERS for part in ("", "_any")), "several", *COVERAGE)
"""Features in order."""

OF_NOTE = 0.2
"""Strength from which a finding counts for being there at all."""

RARE = 0.55
"""Rarity from which a word is of the subject, not of the language."""

MANY_RARE = 0.35
"""Share of unknown rare words that a faithful claim hardly reaches."""

MANY_PHRASES = 0.6
"""Share of unknown phrases that a faithful claim of some length hardly reaches."""

FAR = 0.4
"""The same of content not found together."""

LONG = 25
"""Content words of a claim whose coverage counts fully; of fewer, chance has its share."""

CONTRASTS = frozenset(("but", "instead", "without", "only", "despite", "rather", "however", "although", "no"))


def features(
    claim: ReadText, document: ReadText, findings: Sequence[Finding], support: Support
) -> list[float]:
    """Give the features of a claim, in the order of NAMES.

    For every finder: its strongest finding (0..1), and whether it is of note; how many more finders than one
    have something, up to 2. Then the weighted share of words the document lacks, the heaviest such word, the
    share of content not found together
    in a few sentences (mean, and of the worst sentence), neighbouring words that are not neighbours there,
    words said in other words, the length, words of contrast the document does not have,
    the share of rare words it has nothing for, and how little is covered in a claim of that size; phrases the
    document does not have, likewise.
    """
    row: list[float] = []
    for name in FINDERS:
        strengths = sorted((each.strength for each in findings if each.feature == name), reverse=True)
        row += [strengths[0] if strengths else 0.0, float(bool(strengths) and strengths[0] >= OF_NOTE)]
    row.append(float(min(max(len({each.feature for each in findings}) - 1, 0), 2)))
    covered = sum(support.best) / len(support.best) if support.best else 1.0
    rare = _rare_missing(claim, document, support)
    content = sum(weight > 0 for weight in support.weights)
    novel = [claim.weights[at] for at in support.novel]
    novel_share = sum(novel) / max(support.weight, 0.1)
    size = min(content / LONG, 2.0)
    row += [
        novel_share,
        max(novel, default=0.0),
        1 - covered,
        1 - min(support.best, default=1.0),
        support.pairs_missing,
        len(support.reworded) / max(content, 1),
        math.log1p(content),
        float(
            any(
                word.lower in CONTRASTS and each not in document.positions
                for word, each in zip(claim.words, claim.roots, strict=True)
            )
        ),
        rare,
        max(0.0, rare - MANY_RARE),
        (novel_share + rare) * (1 - covered) * size,
        support.pairs_missing * (1 - covered) * size,
        support.phrases_missing * size,
        max(0.0, support.phrases_missing - MANY_PHRASES) * size,
        max(0.0, 1 - covered - FAR) * size,
    ]
    return row


def _rare_missing(claim: ReadText, document: ReadText, support: Support) -> float:
    """Share of the claim's rare words, names among them, that the document has nothing for; few weigh
    less."""
    rare = [each for each, weight in zip(claim.roots, support.weights, strict=True) if weight >= RARE]
    missing = sum(not document.places[each] for each in rare)
    return missing / (len(rare) + 1)
