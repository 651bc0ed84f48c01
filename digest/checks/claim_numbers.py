"""Numbers: is each of the claim's in the document, with its unit, and among the same words?"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby, islice

from digest.checks.claim_dates import date_words
from digest.checks.claim_reading import Reading
from digest.checks.finding import Finding, finding
from digest.checks.fit import MAX_PLACES, fit, neighbours
from digest.checks.quantities import Quantity, is_money, quantities, same_value

MIN_RIVAL_FIT = 0.3
"""A rival must stand among so much of the claim's neighbourhood before it speaks against the claim's
number."""

WIDEST = 0.35
"""Share of a value between which and another `same_value` may hold, with room."""

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
    claim: Reading, document: Reading, settled: Sequence[tuple[int, int]] = ()
) -> Iterator[Finding]:
    """Give the numbers of the claim that the document does not have so.

    Of figures whose offsets are settled only the place is judged.
    """
    places = {at for start, end in settled for at in range(start, end)}
    dates = date_words(claim)
    there = _There(document)
    for quantity in quantities(claim):
        if quantity.first in dates or quantity.last in dates or quantity.is_year:
            continue
        if (quantity.is_word and quantity.value in (0, 1)) or _is_marker(claim, quantity):
            continue
        found = _judge(claim, document, quantity, there)
        is_settled = not places.isdisjoint(
            range(claim.words[quantity.first].start, claim.words[quantity.last].end)
        )
        yield from (each for each in found if not is_settled or each.feature == "number_elsewhere")
    yield from _multiples(claim, document)


class _There:
    """The document's quantities, asked for those of a value or of a unit instead of searched end to end."""

    def __init__(self, document: Reading) -> None:
        self.all = quantities(document)
        self._by_value = sorted(self.all, key=lambda each: each.value)
        self._values = [each.value for each in self._by_value]
        self._by_kind: dict[tuple[bool, str], list[Quantity]] = {}
        for each in self.all:
            kind = (True, each.unit) if each.unit else (False, each.noun)
            self._by_kind.setdefault(kind, []).append(each)
        self._same: dict[tuple[object, ...], list[Quantity]] = {}
        self._rivals: dict[tuple[object, ...], list[Quantity]] = {}

    def same(self, quantity: Quantity) -> list[Quantity]:
        """Those whose value the quantity's can stand for, in the order of the text."""
        key = (
            quantity.value, quantity.precision, quantity.bound,
            quantity.is_approximate, quantity.is_ordinal,
        )  # fmt: skip
        if key not in self._same:
            reach = WIDEST * abs(quantity.value) + 2 * quantity.precision
            low = bisect_left(self._values, quantity.value - reach)
            high = bisect_right(self._values, quantity.value + reach)
            found = (each for each in self._by_value[low:high] if same_value(quantity, each))
            self._same[key] = sorted(found, key=lambda each: each.first)
        return self._same[key]

    def rivals(self, quantity: Quantity) -> list[Quantity]:
        """Those that measure or count the same, in the order of the text."""
        kind = (True, quantity.unit) if quantity.unit else (False, quantity.noun)
        key = (*kind, quantity.is_ordinal)
        if key not in self._rivals:
            found = self._by_kind.get(kind, ())
            self._rivals[key] = [each for each in found if _are_rivals(quantity, each)]
        return self._rivals[key]


def _is_marker(claim: Reading, quantity: Quantity) -> bool:
    """Whether a number only numbers its line: "9) The group"."""
    after = claim.words[quantity.last + 1].text if quantity.last + 1 < len(claim.words) else ""
    return quantity.first == claim.spans[claim.sentence_of[quantity.first]][0] and after in (")", ".")


def _judge(claim: Reading, document: Reading, quantity: Quantity, there: _There) -> Iterator[Finding]:
    around = neighbours(claim, quantity.first)
    said = _as_written(claim, quantity)
    same = there.same(quantity)
    if not same:
        nearest = _nearest(quantity, there, around, document)
        small = quantity.is_word and quantity.value <= 12 and not quantity.unit
        feature = (
            ("ordinal" if quantity.is_ordinal else "count") if small or quantity.is_ordinal else "number"
        )
        yield finding(feature, "number", said, document, nearest)
        return
    # What is looked at for one number has an end, as in `fit`.
    same = same[:MAX_PLACES]
    conflict = [each for each in same if _units_conflict(quantity, each)]
    has_unit = any(each.unit == quantity.unit for each in same)
    if len(conflict) == len(same) or (quantity.unit and not has_unit and any(each.unit for each in conflict)):
        other = next((each for each in conflict if each.unit), conflict[0])
        yield finding("unit", "number", said, document, _span(document, other))
        return
    agreeing = [each for each in same if not _units_conflict(quantity, each)]
    if quantity.bound and all(each.bound == -quantity.bound for each in agreeing):
        yield finding("bound", "comparison", said, document, _span(document, agreeing[0]))
        return
    own, _ = fit(around, document, [each.first for each in agreeing])
    rivals = (each for each in there.rivals(quantity) if not same_value(quantity, each))
    places = {each.first: each for each in islice(rivals, MAX_PLACES)}
    best, place = fit(around, document, places)
    if best - own > 0 and best >= MIN_RIVAL_FIT:
        rival = places[place]
        yield finding(
            "number_elsewhere", "number", said, document, _span(document, rival), min(best - own, 1.0)
        )


def _as_written(reading: Reading, quantity: Quantity) -> str:
    first, last = _span(reading, quantity)
    return reading.quote(first, last)[0]


def _span(reading: Reading, quantity: Quantity) -> tuple[int, int]:
    """The quantity's words, with the unit or noun that follows in the same sentence."""
    last = quantity.last
    if quantity.noun and last + 1 < len(reading.words):
        step = 2 if reading.words[last + 1].text in "-‑–" else 1
        if last + step < len(reading.words) and reading.sentence_of[last + step] == reading.sentence_of[last]:
            last += step
    return quantity.first, last


def _units_conflict(claim: Quantity, document: Quantity) -> bool:
    if not claim.unit or not document.unit or claim.unit == document.unit:
        # A unit where the document has a bare number is a conflict only if that number counts something else.
        return (
            bool(claim.unit)
            and not document.unit
            and bool(document.noun)
            and is_money(claim.unit) is False
            and (
                claim.noun != document.noun
                and document.noun not in ("to", "and", "or", "")
                and document.value >= 1000
            )
        )
    return True


def _are_rivals(claim: Quantity, document: Quantity) -> bool:
    if claim.unit or document.unit:
        return claim.unit == document.unit
    return bool(claim.noun) and claim.noun == document.noun and claim.is_ordinal == document.is_ordinal


def _nearest(
    quantity: Quantity, there: _There, around: list[tuple[str, float, int]], document: Reading
) -> tuple[int, int] | None:
    """The document's number that the claim most likely means: of the unit, among the same words."""
    alike = there.rivals(quantity) or [
        each for each in there.all if not each.is_year and not quantity.unit and not each.unit
    ]
    best, place = fit(around, document, [each.first for each in alike])
    if place < 0 or (best < 0.15 and not (quantity.unit or quantity.noun)):
        return None
    return _span(document, next(each for each in alike if each.first == place))


def _multiples(claim: Reading, document: Reading) -> Iterator[Finding]:
    """Judge "doubled" and the like: the document says it, or has two numbers of that ratio in a sentence."""
    there = quantities(document)
    stated: dict[float, bool] = {}
    for at, each in enumerate(claim.roots):
        factor = MULTIPLES.get(each)
        if factor is None or document.has(each) or not there:
            continue
        if factor not in stated:
            stated[factor] = _has_ratio(document, there, factor)
        if not stated[factor]:
            _, place = fit(neighbours(claim, at), document, [q.first for q in there])
            rival = next(q for q in there if q.first == place)
            yield finding("number", "number", claim.words[at].text, document, _span(document, rival))


def _has_ratio(document: Reading, there: Sequence[Quantity], factor: float) -> bool:
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
