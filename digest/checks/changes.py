"""What a figure was when, and which way it went: values of years exchanged, and "rose from 5 to 3"."""

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from digest.checks.claim_reading import ReadText
from digest.checks.finding import Finding, decided
from digest.checks.measures import Measure, same_value
from digest.language.relations import antonyms, root, synonyms

RISES = synonyms(root("rise")) | {
    root(word) for word in ("grow", "climb", "increase", "jump", "surge", "soar", "gain")
}
FALLS = synonyms(root("fall")) | {
    root(word) for word in ("drop", "decline", "decrease", "slump", "sink", "shrink", "plunge")
}
MAX_DATED = 200
"""Figures with a year beside them that are looked at, the first ones."""

_YEAR_AFTER = re.compile(r"(?:\s\w+){0,2}?\s(?:in|for|during)\s((?:19|20)\d\d)\b(?!\s?[-–]\d)")
_YEAR_BEFORE = re.compile(r"\b[Ii]n\s((?:19|20)\d\d),?(?:\s[a-z]+){0,4}\s$")
_TO = re.compile(r"(?:\s\w+)?\sto\s(?:about\s|around\s|nearly\s|only\s|just\s)?")
_MOVED = re.compile(r"(\w+)(?:\s\w+ly)?(?:\s(?:from|further from))\s(?:about\s|around\s|nearly\s)?$")

Dated = list[tuple[int, Measure]]
"""Years with what a figure was then."""


def find_changes(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """Give the values of the claim that the document has of another year, and the moves that go the other
    way than their ends."""
    pairs = list(_from_to(claim))
    mine = _dated(claim)
    there = _dated(document) if pairs or mine else []
    for one, other in pairs:
        if place := _told_backwards(one, other, there, document):
            yield decided("number", "number", claim.text[one.start : other.end], document, place)
        elif (said := _misdirected(claim, one, other)) and claim.text[
            one.start : other.end
        ] not in document.text:
            yield decided("opposite", "opposite", said, document, None)
    by_year: dict[int, list[Measure]] = {}
    for year, each in there:
        by_year.setdefault(year, []).append(each)
    for year, each in mine:
        values = [other for other in by_year.get(year, ()) if other.family == each.family]
        elsewhere = [other for when, other in there if when != year and _is_same(each, other)]
        if values and elsewhere and not any(_is_same(each, other) for other in values):
            place = (values[0].start, values[0].end)
            yield decided("number", "number", claim.text[each.start : each.end], document, place)


def _is_same(one: Measure, other: Measure) -> bool:
    return one.family == other.family and same_value(one, other)


def _dated(reading: ReadText) -> Dated:
    """Find figures with a year right behind or before them."""
    found: Dated = []
    dated = {reading.words[at].start for at in reading.dates.words}
    for each in reading.measures:
        if each.start in dated or (not each.family and each.value < 13):
            continue
        match = _YEAR_AFTER.match(reading.text, each.end) or _YEAR_BEFORE.search(
            reading.text, max(0, each.start - 60), each.start
        )
        if match:
            found.append((int(match[1]), each))
    return list(islice(found, MAX_DATED))


def _from_to(reading: ReadText) -> Iterator[tuple[Measure, Measure]]:
    """Two figures of one family, "from" before the first and "to" between."""
    for one, other in pairwise(reading.measures):
        is_change = re.search(r"\bfrom\s(?:\w+\s)?$", reading.text[max(0, one.start - 20) : one.start])
        if is_change and one.family == other.family and _TO.fullmatch(reading.text, one.end, other.start):
            yield one, other


def _told_backwards(one: Measure, other: Measure, there: Dated, document: ReadText) -> tuple[int, int] | None:
    """Where the document has the second value of an earlier year than the first, and never the contrary."""
    firsts = [(year, each) for year, each in there if _is_same(one, each)]
    seconds = [(year, each) for year, each in there if _is_same(other, each)]
    if not firsts or not seconds or same_value(one, other):
        return None
    if max(year for year, _ in seconds) >= min(year for year, _ in firsts):
        return None
    # A value without a year beside it may be of any.
    dated = {each.start for _, each in there}
    loose = [each for each in document.measures if each.start not in dated]
    if any(_is_same(one, each) or _is_same(other, each) for each in loose):
        return None
    return seconds[0][1].start, seconds[0][1].end


def _misdirected(claim: ReadText, one: Measure, other: Measure) -> str:
    """The verb of a move of which the ends say the contrary."""
    if not one.family or one.value < 0 or other.value < 0 or one.family == "clock":
        return ""
    match = _MOVED.search(claim.text, max(0, one.start - 40), one.start)
    verb = root(match[1]) if match else ""
    rises, falls = verb in RISES and verb not in antonyms(verb), verb in FALLS
    return (
        match[1]
        if match and ((rises and one.value > other.value) or (falls and one.value < other.value))
        else ""
    )
