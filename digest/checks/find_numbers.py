"""Numbers: is each of the claim's in the document, with its unit, and among the same words?"""

from collections.abc import Iterator, Sequence
from itertools import combinations, groupby, islice

from digest.checks.claim_reading import ReadText
from digest.checks.claim_wording import Neighbour
from digest.checks.finding import Finding, finding
from digest.checks.fit import MAX_PLACES, fit
from digest.checks.quantities import Quantity, same_value, units_conflict

MIN_RIVAL_FIT = 0.3
"""A rival must stand among so much of the claim's neighbourhood before it speaks against the claim's
number."""

MAX_IN_SENTENCE = 40
"""Numbers of one sentence that are compared with each other."""

MULTIPLES = {
    "doubl": 2.0,
    "twofold": 2.0,
    "tripl": 3.0,
    "trebl": 3.0,
    "threefold": 3.0,
    "quadrupl": 4.0,
    "halv": 0.5,
}


def find_numbers(
    claim: ReadText, document: ReadText, settled: Sequence[tuple[int, int]] = ()
) -> Iterator[Finding]:
    """Give the numbers of the claim that the document does not have so.

    Of figures whose offsets are settled only the place is judged.
    """
    places = {at for start, end in settled for at in range(start, end)}
    dates = claim.dates.words
    for quantity in claim.quantities.all:
        if quantity.first in dates or quantity.last in dates or quantity.is_year:
            continue
        if (quantity.is_word and quantity.value in (0, 1)) or _is_marker(claim, quantity):
            continue
        found = _judge(claim, document, quantity)
        is_settled = not places.isdisjoint(
            range(claim.words[quantity.first].start, claim.words[quantity.last].end)
        )
        yield from (each for each in found if not is_settled or each.feature == "number_elsewhere")
    yield from _multiples(claim, document)


def _is_marker(claim: ReadText, quantity: Quantity) -> bool:
    """Whether a number only numbers its line: "9) The group"."""
    after = claim.words[quantity.last + 1].text if quantity.last + 1 < len(claim.words) else ""
    return quantity.first == claim.spans[claim.sentence_of[quantity.first]][0] and after in (")", ".")


def _judge(claim: ReadText, document: ReadText, quantity: Quantity) -> Iterator[Finding]:
    around = claim.around[quantity.first]
    said = claim.quote(quantity.first, quantity.end)[0]
    # What is looked at for one number has an end, as in `fit`.
    same = document.quantities.same(quantity)[:MAX_PLACES]
    rivals = document.quantities.rivals(quantity)
    if not same:
        small = quantity.is_word and quantity.value <= 12 and not quantity.unit
        feature = "ordinal" if quantity.is_ordinal else "count" if small else "number"
        yield finding(feature, "number", said, document, _nearest(quantity, around, document, rivals))
        return
    conflict = [each for each in same if units_conflict(quantity, each)]
    has_unit = any(each.unit == quantity.unit for each in same)
    if len(conflict) == len(same) or (quantity.unit and not has_unit and any(each.unit for each in conflict)):
        other = next((each for each in conflict if each.unit), conflict[0])
        yield finding("unit", "number", said, document, (other.first, other.end))
        return
    agreeing = [each for each in same if not units_conflict(quantity, each)]
    if quantity.bound and all(each.bound == -quantity.bound for each in agreeing):
        yield finding("bound", "comparison", said, document, (agreeing[0].first, agreeing[0].end))
        return
    others = (each for each in rivals if not same_value(quantity, each))
    places = {each.first: each for each in islice(others, MAX_PLACES)}
    own, _ = fit(around, document, [each.first for each in agreeing])
    best, place = fit(around, document, places)
    if best - own > 0 and best >= MIN_RIVAL_FIT:
        where = (places[place].first, places[place].end)
        yield finding("number_elsewhere", "number", said, document, where, min(best - own, 1.0))


def _nearest(
    quantity: Quantity, around: list[Neighbour], document: ReadText, rivals: list[Quantity]
) -> tuple[int, int] | None:
    """The document's number that the claim most likely means: of the unit, among the same words."""
    alike = rivals or [
        each for each in document.quantities.all if not each.is_year and not quantity.unit and not each.unit
    ]
    best, place = fit(around, document, [each.first for each in alike])
    if place < 0 or (best < 0.15 and not (quantity.unit or quantity.noun)):
        return None
    nearest = next(each for each in alike if each.first == place)
    return nearest.first, nearest.end


def _multiples(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """Judge "doubled" and the like: the document says it, or has two numbers of that ratio in a sentence."""
    there = document.quantities.all
    stated: dict[float, bool] = {}
    for at, each in enumerate(claim.roots):
        factor = MULTIPLES.get(each)
        if factor is None or each in document.positions or not there:
            continue
        if factor not in stated:
            stated[factor] = _has_ratio(document, there, factor)
        if not stated[factor]:
            _, place = fit(claim.around[at], document, [q.first for q in there])
            rival = next(q for q in there if q.first == place)
            yield finding("number", "number", claim.words[at].text, document, (rival.first, rival.end))


def _has_ratio(document: ReadText, there: Sequence[Quantity], factor: float) -> bool:
    """Whether two numbers of one sentence have the ratio, or a percentage says the growth."""
    if any(abs(each.value - 100 * (factor - 1)) < 5 and each.unit == "percent" for each in there):
        return True
    by_sentence = groupby(there, key=lambda each: document.sentence_of[each.first])
    return any(
        _are_in_ratio(one, other, factor)
        for _, inside in by_sentence
        for one, other in combinations(islice(inside, MAX_IN_SENTENCE), 2)
        if one.unit == other.unit or not one.unit
    )


def _are_in_ratio(one: Quantity, other: Quantity, factor: float) -> bool:
    return abs(one.value * factor - other.value) <= 0.07 * abs(other.value) or abs(
        other.value * factor - one.value
    ) <= 0.07 * abs(one.value)
