"""What the score is computed from: how strong each finder's evidence is, and how much of the claim is covered."""

import math
from collections.abc import Sequence

from digest.stages.check.finding import Finding
from digest.stages.check.reading import Reading
from digest.stages.check.support import Support

FINDERS = (
    "number", "count", "ordinal", "unit", "bound", "number_elsewhere", "date", "date_elsewhere", "name", "quote",
    "negation", "negation_lost", "opposite", "opposite_elsewhere", "swap",
)  # fmt: skip

COVERAGE = ("novel", "novel_most", "uncovered", "uncovered_most", "pairs", "reworded", "length", "contrast")

NAMES = (*(f"{name}{part}" for name in FINDERS for part in ("", "_any", "_more")), *COVERAGE)
"""Features in order."""

CONTRASTS = frozenset(("but", "instead", "without", "only", "despite", "rather", "however", "although", "no"))


def features(claim: Reading, document: Reading, findings: Sequence[Finding], support: Support) -> list[float]:
    """Give the features of a claim, in the order of NAMES.

    For every finder: its strongest finding (0..1), whether there is any, and a second one's strength. Then the
    weighted share of words the document lacks, the heaviest such word, the share of content not found together
    in a few sentences (mean, and of the worst sentence), neighbouring words that are not neighbours there,
    words said in other words, the length, and words of contrast the document does not have.
    """
    row: list[float] = []
    for name in FINDERS:
        strengths = sorted((each.strength for each in findings if each.feature == name), reverse=True)
        row += [strengths[0] if strengths else 0.0, float(bool(strengths)), strengths[1] if strengths[1:] else 0.0]
    content = sum(weight > 0 for weight in claim.weights)
    novel = [claim.weights[at] for at in support.novel]
    row += [
        sum(novel) / max(support.weight, 0.1),
        max(novel, default=0.0),
        1 - sum(support.best) / len(support.best) if support.best else 0.0,
        1 - min(support.best, default=1.0),
        support.pairs_missing,
        len(support.reworded) / max(content, 1),
        math.log1p(content),
        float(any(word.lower in CONTRASTS and not document.has(each) for word, each in zip(claim.words, claim.roots, strict=True))),
    ]
    return row
