"""What the claim's figures say against the document's: nothing here is weighed, each finding decides.

Values with unit and sign, bounds, the order of two values, exchanged values, ordinals and words such as most
and few. What the document has so, in whatever spelling, is settled: no other finder of numbers is asked.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from digest.checks.claim_reading import ReadText
from digest.checks.finding import Finding, decided
from digest.checks.measures import Measure, same_family
from digest.language.counts import ORDINALS
from digest.language.relations import root

SIDE_REACH = 15
"""Words before and after a multiple that are compared by it."""
MAX_EXCHANGED = 40
"""Figures of a claim that are compared with each other."""

_BETWEEN = re.compile(r"\s?[–—-]\s?|:|\sto\s")
_END = re.compile(r"\b(from|to)\s(?:\w+\s)?$", re.IGNORECASE)
MAX_END = 25
"""Letters before a figure among which "from" or "to" stands."""
_ORDER = re.compile(rf"\b({'|'.join(ORDINALS)}|\d+(?:st|nd|rd|th))[ -]([a-z]\w+)", re.IGNORECASE)
_SUPERLATIVE = re.compile(
    r"\b(?:the|its|their|\w+['’]s)\s((?!west|east|rest|test|forest|interest|best)\w{2,}est)\b", re.I
)
_NOT_ORDERED = frozenset(("quarter", "half", "of", "month", "week", "and", "to", "in", "time"))
_RANKS = {"no": 0, "none": 0, "hardly any": 0, "few": 1, "a minority": 1, "the minority": 1, "some": 2,
          "many": 3, "most": 4, "a majority": 4, "the majority": 4,
          "all": 5, "every": 5, "each": 5}  # fmt: skip
_AMOUNT = re.compile(rf"(?<!a )\b({'|'.join(sorted(_RANKS, key=len, reverse=True))})(?:\sof)?(?:\s(?:the|its|their|these))?"  # noqa: E501
                     r"\s([a-z]+)", re.IGNORECASE)  # fmt: skip


Places = list[tuple[int, int]]
"""Offsets of figures of a claim."""


def find_figures(claim: ReadText, document: ReadText) -> tuple[list[Finding], Places, Places]:
    """Give what the figures of the claim have against them, the offsets of those that are settled, and of
    these the ones that the document has with the unit."""
    there = document.figures
    found: list[Finding] = []
    settled: Places = []
    stated: Places = []
    dated = claim.dates.words
    said = [each for each in claim.measures if bisect_right(claim.starts, each.start) - 1 not in dated]
    near: dict[tuple[float, str, float, int, bool], list[Measure]] = {}
    for each in said:
        key = (each.value, each.family, each.slack, each.bound, each.is_about)
        if key not in near:
            near[key] = [other for other in there.near(each) if same_family(each, other)]
        agreeing = near[key]
        exact = [other for other in agreeing if abs(other.value - each.value) <= 1e-9 * abs(each.value)]
        if exact and each.bound and all(other.bound == -each.bound for other in exact):
            found.append(_finding("bound", "comparison", claim, each, document, exact[0]))
        elif agreeing:
            settled.append((each.start, each.end))
            if each.family and any(other.family == each.family for other in agreeing):
                stated.append((each.start, each.end))
        elif not _is_trivial(each):
            found += _missing(claim, document, each)
    found += [*_turned(claim, document, said), *_exchanged(claim, document, said)]
    found += [*_order(claim, document), *_amounts(claim, document)]
    return found, settled, stated


def _is_trivial(each: Measure) -> bool:
    """What may be said of anything: "one", a small count in words, an ordinal, a year."""
    is_year = not each.family and 1500 <= each.value <= 2100
    return is_year or each.is_ordinal or (not each.family and each.is_word and each.value <= 12)


def _missing(claim: ReadText, document: ReadText, each: Measure) -> Iterator[Finding]:
    there = document.figures
    alike = there.near(each)
    if alike and (not each.family or any(not other.family for other in alike)):
        return
    if each.family == "times" and not any(other.family == "times" for other in there.all):
        return
    if each.family in ("times", "share") and _is_said_otherwise(claim, document, each):
        return
    if not each.family and (not each.value or each.value < 10):
        return
    rivals = alike or [other for other in there.all if same_family(each, other)]
    if not alike and each.family in ("clock", "time", "span") and not rivals:
        return
    if each.family == "share" and claim.text[each.start].isalpha() and not rivals:
        return
    rival = min(rivals, key=lambda other: abs(other.value - each.value), default=None)
    yield _finding("unit" if alike else "number", "number", claim, each, document, rival)


def _is_said_otherwise(claim: ReadText, document: ReadText, each: Measure) -> bool:
    """Whether "halved" is said as half, or "twice as many" as "half as many" with the two sides turned."""
    other = "share" if each.family == "times" else "times"
    if each.value == 0.5 and any(there.family == other for there in document.figures.equal(0.5)):
        return True
    if each.family != "times" or not each.value:
        return False
    before, after = _sides(claim, each)
    for there in document.figures.equal(1 / each.value)[:MAX_EXCHANGED]:
        first, second = _sides(document, there)
        if there.family == "times" and (before & second) - first and (after & first) - second:
            return True
    return False


def _sides(reading: ReadText, each: Measure) -> tuple[set[str], set[str]]:
    """The content words of a figure's sentence before and after it."""
    at = max(bisect_right(reading.starts, each.start) - 1, 0)
    start, end = reading.spans[reading.sentence_of[at]]
    sides = range(max(start, at - SIDE_REACH), at), range(at + 1, min(end, at + SIDE_REACH))
    before, after = ({reading.roots[near] for near in side if reading.weights[near]} for side in sides)
    return before, after


def _finding(
    feature: str, kind: str, claim: ReadText, each: Measure, document: ReadText, rival: Measure | None
) -> Finding:
    said = claim.text[each.start : each.end].strip()
    return decided(feature, kind, said, document, (rival.start, rival.end) if rival else None)


def _pairs(
    text: str, found: list[Measure] | tuple[Measure, ...]
) -> dict[tuple[float, float], tuple[int, int]]:
    """Of two figures with "to" or a dash between: the values and where they stand."""
    return {
        (round(one.value, 6), round(other.value, 6)): (one.start, other.end)
        for one, other in pairwise(found)
        if _BETWEEN.fullmatch(text[one.end : other.start])
    }


def _turned(claim: ReadText, document: ReadText, said: list[Measure]) -> Iterator[Finding]:
    """Two figures that the document has the other way round: "from 38 to 9" for "from 9 to 38"."""
    mine = _pairs(claim.text, said)
    there = _pairs(document.text, document.measures) if mine else {}
    for (one, other), place in mine.items():
        if one != other and (one, other) not in there and (other, one) in there:
            words = claim.text[slice(*place)]
            yield decided("number", "number", words, document, there[other, one])


def _exchanged(claim: ReadText, document: ReadText, said: list[Measure]) -> Iterator[Finding]:
    """Two values of which each stands with the words the other has in the document."""
    if len(said) < 2:
        return
    # "Fell from 9 to 8" and "fell to 8, from 9" have other words beside the figures, but the same ends.
    ends = {(_end_of(document.text, each), round(each.value, 6)) for each in document.measures}
    mine = {
        (side, word, each.value): each
        for each in said[:MAX_EXCHANGED]
        for side, word in claim.beside[each]
        if not (end := _end_of(claim.text, each)) or (end, round(each.value, 6)) not in ends
    }
    there = document.values_beside
    for (side, word, value), each in mine.items():
        values = there.get((side, word), set())
        if not values or value in values:
            continue
        for other_side, other_word, other_value in mine:
            if (
                other_side == side and other_word != word and other_value in values
                and there.get((side, other_word)) == {value} and values == {other_value}
            ):  # fmt: skip
                yield _finding("number", "number", claim, each, document, None)
                return


def _end_of(text: str, each: Measure) -> str:
    """Say whether a figure is what something came from or to; empty for neither."""
    found = _END.search(text, max(0, each.start - MAX_END), each.start)
    return found[1].lower() if found else ""


def _orders(text: str) -> dict[str, dict[int, tuple[int, int]]]:
    """Of each word with an ordinal before it: the ordinals, and where."""
    found: dict[str, dict[int, tuple[int, int]]] = {}
    for match in _ORDER.finditer(text):
        if match[2].lower() not in _NOT_ORDERED:
            number = ORDINALS.get(match[1].lower()) or int(re.sub(r"\D", "", match[1])[:6])
            found.setdefault(root(match[2]), {})[number] = match.span()
    return found


def _order(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """The second largest for the third, the largest for the second largest."""
    mine, there = _orders(claim.text), _orders(document.text)
    for word, numbers in mine.items():
        other = there.get(word, {})
        for number, place in numbers.items():
            if other and number not in other:
                words = claim.text[slice(*place)]
                yield decided("ordinal", "number", words, document, next(iter(other.values())))
            elif not other and number > 1 and (bare := _superlatives(document.text).get(word)):
                yield decided("ordinal", "number", claim.text[slice(*place)], document, bare)
    bare_there = _superlatives(document.text)
    for word in _superlatives(claim.text):
        other = there.get(word, {})
        if other and 1 not in other and word not in bare_there and word not in mine:
            yield decided("ordinal", "number", word, document, next(iter(other.values())))


def _superlatives(text: str) -> dict[str, tuple[int, int]]:
    return {root(match[1]): match.span(1) for match in _SUPERLATIVE.finditer(text)}


def _amounts(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """Most for few, all for some: of the same noun."""
    mine = [(root(match[2]), match) for match in _AMOUNT.finditer(claim.text)]
    if not mine:
        return
    there: dict[str, list[re.Match[str]]] = {}
    for match in _AMOUNT.finditer(document.text):
        there.setdefault(root(match[2]), []).append(match)
    for noun, match in mine:
        rank, others = _RANKS[match[1].lower()], there.get(noun, [])
        if others and not any(_entails(_RANKS[other[1].lower()], rank) for other in others):
            yield decided("number", "number", match[0], document, others[0].span())


def _entails(there: int, said: int) -> bool:
    return there == said or 2 <= said < there
