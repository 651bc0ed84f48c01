"""Numbers: is each of the claim's in the document, with its unit, and among the same words?"""

from collections.abc import Iterator, Sequence

from digest.stages.check.dates import date_words
from digest.stages.check.finding import Finding, finding
from digest.stages.check.fit import fit, neighbours
from digest.stages.check.quantities import Quantity, is_money, quantities, same_value
from digest.stages.check.reading import Reading

MIN_RIVAL_FIT = 0.3
"""A rival must stand among so much of the claim's neighbourhood before it speaks against the claim's
number."""

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
    there = quantities(document)
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


def _is_marker(claim: Reading, quantity: Quantity) -> bool:
    """Whether a number only numbers its line: "9) The group"."""
    after = claim.words[quantity.last + 1].text if quantity.last + 1 < len(claim.words) else ""
    return quantity.first == claim.spans[claim.sentence_of[quantity.first]][0] and after in (")", ".")


def _judge(claim: Reading, document: Reading, quantity: Quantity, there: list[Quantity]) -> Iterator[Finding]:
    around = neighbours(claim, quantity.first)
    said = _as_written(claim, quantity)
    same = [each for each in there if same_value(quantity, each)]
    if not same:
        nearest = _nearest(quantity, there, around, document)
        small = quantity.is_word and quantity.value <= 12 and not quantity.unit
        feature = (
            ("ordinal" if quantity.is_ordinal else "count") if small or quantity.is_ordinal else "number"
        )
        yield finding(feature, "number", said, document, nearest)
        return
    conflict = [each for each in same if _units_conflict(quantity, each)]
    has_unit = any(each.unit == quantity.unit for each in same)
    if len(conflict) == len(same) or (quantity.unit and not has_unit and any(each.unit for each in conflict)):
        other = next((each for each in conflict if each.unit), conflict[0])
        yield finding("unit", "number", said, document, _span(document, other))
        return
    agreeing = [each for each in same if each not in conflict]
    if quantity.bound and all(each.bound == -quantity.bound for each in agreeing):
        yield finding("bound", "comparison", said, document, _span(document, agreeing[0]))
        return
    own, _ = fit(around, document, [each.first for each in agreeing])
    rivals = [each for each in there if each not in same and _are_rivals(quantity, each)]
    best, place = fit(around, document, [each.first for each in rivals])
    if best - own > 0 and best >= MIN_RIVAL_FIT:
        rival = next(each for each in rivals if each.first == place)
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
    quantity: Quantity, there: list[Quantity], around: list[tuple[str, float, int]], document: Reading
) -> tuple[int, int] | None:
    """The document's number that the claim most likely means: of the unit, among the same words."""
    alike = [each for each in there if _are_rivals(quantity, each)] or [
        each for each in there if not each.is_year and not quantity.unit and not each.unit
    ]
    best, place = fit(around, document, [each.first for each in alike])
    if place < 0 or (best < 0.15 and not (quantity.unit or quantity.noun)):
        return None
    return _span(document, next(each for each in alike if each.first == place))


def _multiples(claim: Reading, document: Reading) -> Iterator[Finding]:
    """Judge "doubled" and the like: the document says it, or has two numbers of that ratio in a sentence."""
    for at, each in enumerate(claim.roots):
        factor = MULTIPLES.get(each)
        if factor is None or document.has(each):
            continue
        there = quantities(document)
        by_sentence: dict[int, list[Quantity]] = {}
        for quantity in there:
            by_sentence.setdefault(document.sentence_of[quantity.first], []).append(quantity)
        fits = any(
            abs(a.value * factor - b.value) <= 0.07 * abs(b.value)
            or abs(b.value * factor - a.value) <= 0.07 * abs(a.value)
            for inside in by_sentence.values()
            for n, a in enumerate(inside)
            for b in inside[n + 1 :]
            if a.unit == b.unit or not a.unit
        ) or any(abs(q.value - 100 * (factor - 1)) < 5 and q.unit == "percent" for q in there)
        if not fits and there:
            _, place = fit(neighbours(claim, at), document, [q.first for q in there])
            rival = next(q for q in there if q.first == place)
            yield finding("number", "number", claim.words[at].text, document, _span(document, rival))
