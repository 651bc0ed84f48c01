"""Whether something stands in the document among the same neighbours as in the claim.

The one measure behind most finders: a number, name or word of the claim is compared with its rivals in the
document (another number of the unit, another name, the opposite word). Where a rival stands among the claim's
neighbouring words and the claim's own does not, the claim has put it in the wrong place.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import islice

from digest.checks.claim_reading import ReadText
from digest.checks.claim_wording import Neighbour

DOCUMENT_REACH = 14
"""How far from the place in the document a neighbour may stand; a sentence's length."""

MAX_PLACES = 150
"""Places of the document that are looked at for one word of the claim, the first ones: words that repeat
without end cost no more than their number. 8 of the 240 development pages have a content word so often."""


def fit(around: Sequence[Neighbour], document: ReadText, places: Iterable[int]) -> tuple[float, int]:
    """Say how well the best of some places of the document fits among the neighbours.

    Args:
        around: Neighbours in the claim; see `Wording.around`.
        document: The document.
        places: Word positions.

    Returns:
        The weighted share of neighbours found near the place, 0..1, and the place; (0, -1) without places.
    """
    total = sum(weight for _, weight, _ in around)
    best = (0.0, -1)
    for place in islice(places, MAX_PLACES):
        if best[1] < 0:
            best = (0.0, place)
        if total:
            value = (
                sum(weight * _nearness(root, side, document, place) for root, weight, side in around) / total
            )
            if value > best[0]:
                best = (value, place)
    return best


def _nearness(root: str, side: int, document: ReadText, place: int) -> float:
    """1 for a neighbour close by on the same side, less for one further off or on the other side."""
    found = document.places[root]
    start, end = document.turns[place]
    if end - start > 1:
        # A speaker is near every word of the turn.
        here = bisect_left(found, start)
        return 0.9 if here < len(found) and found[here] < end else 0.0
    before = bisect_left(found, place)
    after = before + (before < len(found) and found[before] == place)
    best = 0.0
    # Nearer is better on either side, so the nearest of each is all there is to compare.
    if before and place - found[before - 1] <= DOCUMENT_REACH:
        best = (1.0 if side <= 0 else 0.75) * (1 - 0.03 * (place - found[before - 1]))
    if after < len(found) and found[after] - place <= DOCUMENT_REACH:
        best = max(best, (1.0 if side > 0 else 0.75) * (1 - 0.03 * (found[after] - place)))
    return best
