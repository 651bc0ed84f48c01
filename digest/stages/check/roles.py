"""Roles: do two names of the claim stand where the document has them, or has one taken the other's place?"""

from collections.abc import Iterator

from digest.stages.check.finding import Finding, finding
from digest.stages.check.fit import fit, neighbours
from digest.stages.check.names import Name, names_of
from digest.stages.check.reading import Reading

MAX_NAMES = 8
"""Names of a claim that are compared pair by pair."""


def find_roles(claim: Reading, document: Reading) -> Iterator[Finding]:
    """Give the pair of names that would fit better the other way round, and names that belong elsewhere."""
    names = [name for name in names_of(claim) if document.has(claim.roots[name.last])][:MAX_NAMES]
    best: tuple[float, Name, Name] | None = None
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            if claim.roots[one.last] != claim.roots[other.last]:
                gain = _gain_of_swap(claim, document, one, other)
                if best is None or gain > best[0]:
                    best = (gain, one, other)
    if best is not None and best[0] > 0:
        gain, one, other = best
        said = f"{_text(claim, one)} ... {_text(claim, other)}"
        _, place = fit(_around(claim, one, other), document, document.positions[claim.roots[other.last]])
        end = max(place, min(place + 12, _sentence_end(document, place)))
        yield finding("swap", "role", said, document, (place, end), min(gain, 1.0))


def _text(claim: Reading, name: Name) -> str:
    return claim.quote(name.first, name.last)[0]


def _sentence_end(document: Reading, place: int) -> int:
    return document.spans[document.sentence_of[place]][1] - 1


def _around(claim: Reading, name: Name, other: Name) -> list[tuple[str, float, int]]:
    excluded = [claim.roots[at] for each in (name, other) for at in range(each.first, each.last + 1)]
    return neighbours(claim, name.last, without=excluded)


def _gain_of_swap(claim: Reading, document: Reading, one: Name, other: Name) -> float:
    """How much better the document supports the claim with the two names exchanged."""
    around_one, around_other = _around(claim, one, other), _around(claim, other, one)
    places_one = document.positions[claim.roots[one.last]]
    places_other = document.positions[claim.roots[other.last]]
    as_said = fit(around_one, document, places_one)[0] + fit(around_other, document, places_other)[0]
    swapped = fit(around_one, document, places_other)[0] + fit(around_other, document, places_one)[0]
    return swapped - as_said
