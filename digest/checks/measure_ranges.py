"""Two figures of which the unit is said once: "from 10 to 14 percent", "3-5 years"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from digest.checks.measures import MONEY, Measure

BETWEEN = re.compile(r"\s?[–—-]\s?|\s(?:to|and|or)\s")
_OPENED = re.compile(r"\b(?:between|either)\s$", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s(?:\w+\s)?$", re.IGNORECASE)
_COUNTED = re.compile(r"\s(?!votes|goals|points|loss|wins|runs|sets|games)[a-z]{2,}s\b")
_AND = re.compile(r"\s(?:and|or)\s")

MOST_APART = 20.0
"""How many times the second figure the first may be, or the other way round, to share its million."""


def joined(text: str, found: Sequence[Measure]) -> tuple[Measure, ...]:
    """Give the first of two figures the unit and scale that are said of the second alone."""
    made = list(found)
    for at in range(len(made) - 1):
        one, other = made[at], made[at + 1]
        between = text[one.end : other.start]
        if not BETWEEN.fullmatch(between):
            continue
        if _AND.fullmatch(between) and not _OPENED.search(text, max(one.start - 10, 0), one.start):
            continue
        one = made[at] = _with_unit_of(one, other)
        is_counted = bool(one.family) or _COUNTED.match(text, other.end) is not None
        is_range = (
            one.family == other.family and is_counted and one.value < other.value and one.family != "clock"
        )
        if is_range and not _FROM.search(text, max(one.start - 20, 0), one.start):
            made[at] = replace(one, range_end=-1)
            made[at + 1] = replace(other, range_end=1)
    return tuple(made)


def _with_unit_of(one: Measure, other: Measure) -> Measure:
    if one.is_ordinal or other.is_ordinal or one.family in ("clock", "times") or other.family == "clock":
        return one
    is_bare = not one.family and other.family not in ("", "times")
    is_money = one.family == other.family and one.family in MONEY.values()
    if not is_bare and not is_money and (one.family or other.family):
        return one
    factor = other.factor if is_bare else 1.0
    least, most = sorted((abs(one.value / one.scale), abs(other.value / other.scale / other.factor)))
    shares_scale = one.scale == 1 and other.scale > 1 and most <= MOST_APART * least
    scale = other.scale if shares_scale else 1.0
    if is_bare or scale > 1:
        return replace(
            one,
            value=one.value * factor * scale,
            slack=one.slack * factor * scale,
            family=other.family or one.family,
            scale=one.scale * scale,
            factor=factor,
        )
    return one
