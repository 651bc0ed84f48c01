"""What a finder hands over: a problem with how sure it is."""

from dataclasses import dataclass

from digest.checks.claim_reading import ReadText
from digest.records import Problem


@dataclass(frozen=True)
class Finding:
    """A problem, and the feature of the score it counts for."""

    feature: str
    """Name of a feature of score_features.py."""
    problem: Problem
    strength: float = 1.0
    """How strong the evidence is, 0..1."""
    is_sure: bool = False
    """Decides by itself: no score outvotes it."""


def finding(
    feature: str,
    kind: str,
    claim: str,
    document: ReadText,
    place: tuple[int, int] | None,
    strength: float = 1.0,
) -> Finding:
    """Make a finding; `place` gives the first and last word (inclusive) of what the document has."""
    if place is None:
        return Finding(feature, Problem(kind, claim, ""), strength)
    quote, start, end = document.quote(*place)
    return Finding(feature, Problem(kind, claim, quote, start, end), strength)


def decided(
    feature: str, kind: str, claim: str, document: ReadText, place: tuple[int, int] | None
) -> Finding:
    """Make a finding that no score outvotes; `place` gives the offsets of what the document has."""
    if place is None:
        return Finding(feature, Problem(kind, claim, ""), is_sure=True)
    return Finding(feature, Problem(kind, claim, document.text[slice(*place)], *place), is_sure=True)
